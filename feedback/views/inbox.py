"""The department's side: its inbox, one assignment, and what its officers do with it."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import ServiceError
from accounts.policies import require
from feedback import policies, queries, services
from feedback.deadline_history import with_histories
from feedback.forms import ExtensionForm, ReasonForm, ReplyForm
from feedback.models import Assignment, ReplyDocument
from feedback.views.common import act, assignment_facts, do, own_assignment, put_errors

SHOWN = {"open": ["sent", "accepted"], "waiting": ["replied"], "settled": ["settled"]}


@login_required
@require_safe
def inbox(request):
    """What the person's departments have to do, the earliest date first."""
    mine = Assignment.objects.in_inbox_of(request.user)
    show = request.GET.get("show") if request.GET.get("show") in SHOWN else "open"
    by_meeting = request.GET.get("group") == "meeting"
    order = ("opinion__meeting__planned_start", "opinion__meeting", "due_on", "pk") if by_meeting else ("due_on", "pk")
    rows = mine.filter(state__in=SHOWN[show]).select_related(
        "lead_department", "opinion__field", "opinion__meeting__locality"
    )
    context = {
        "page_obj": Paginator(rows.order_by(*order), 50).get_page(request.GET.get("page")),
        "counts": queries.inbox_counts(mine),
        "show": show,
        "by_meeting": by_meeting,
        "my_units": request.user.scope.unit_ids,
    }
    return render(request, "feedback/inbox.html", context)


def _url(assignment) -> str:
    return reverse("feedback:assignment", args=[assignment.pk])


@login_required
@require_safe
def assignment(request, pk):
    user = request.user
    found = get_object_or_404(
        queries.one_assignment(Assignment.objects.visible_to(user)).select_related(
            "lead_department",
            "assigned_by",
            "opinion__field__parent",
            "opinion__speech",
            "opinion__meeting__host_unit",
            "opinion__meeting__locality",
        ),
        pk=pk,
    )
    events = list(queries.history_of(found.opinion))
    with_histories([queries.prepare(found)], events)
    context = {
        "assignment": found,
        "opinion": found.opinion,
        "events": events,
        "may_stop_clock": policies.may_stop_clock(user, found),
        "may_work": policies.may_work_on(user, found),
        "may_note": policies.may_note_progress(user, found),
        "may_reveal": policies.may_open_personal_data(user, found.opinion, found),
    }
    return render(request, "feedback/assignment.html", context)


def _worked_on(request, pk) -> Assignment:
    found = own_assignment(request, pk)
    require(policies.may_work_on(request.user, found))
    return found


@login_required
@require_POST
def accept(request, pk):
    found = _worked_on(request, pk)
    return do(
        request,
        save=lambda: services.accept_assignment(found, actor=request.user),
        done=_("Your department has taken the matter on."),
        back=_url(found),
    )


@login_required
def return_(request, pk):
    found = _worked_on(request, pk)
    return act(
        request,
        form=ReasonForm(
            request.POST or None,
            name="reason",
            label=_("Why it is not your department's matter"),
            hint=_("Name the department that it belongs to, if you know it."),
        ),
        save=lambda **values: services.return_assignment(found, actor=request.user, **values),
        done=_("The matter went back to the clerk."),
        back=reverse("feedback:inbox"),
        context={
            "title": _("Return as not ours"),
            "facts": assignment_facts(found),
            "button": _("Return to the clerk"),
            "keep": f"return-{found.pk}",
        },
    )


@login_required
def progress(request, pk):
    found = own_assignment(request, pk)
    require(policies.may_note_progress(request.user, found))
    return act(
        request,
        form=ReasonForm(request.POST or None, name="text", label=_("What has been done so far")),
        save=lambda **values: services.note_progress(found, actor=request.user, **values),
        done=_("The progress was noted."),
        back=_url(found),
        context={
            "title": _("Note the progress"),
            "facts": assignment_facts(found),
            "button": _("Note the progress"),
            "keep": f"progress-{found.pk}",
        },
    )


@login_required
def extend(request, pk):
    found = _worked_on(request, pk)
    latest = services.latest_day(found)
    by_rule = [(_("By the rule, at most until"), f"{latest:%d/%m/%Y} · {found.law}")] if latest else []
    return act(
        request,
        form=ExtensionForm(request.POST or None),
        save=lambda **values: services.request_extension(found, actor=request.user, **values),
        done=_("The request went to the leader of the host unit."),
        back=_url(found),
        context={
            "title": _("Ask for more time"),
            "facts": [*assignment_facts(found), *by_rule],
            "consequence": _("Until the leader has decided, the present date stays in force."),
            "button": _("Ask for more time"),
            "keep": f"extend-{found.pk}",
        },
    )


@login_required
def reply(request, pk):
    """The reply, on its own page or in place in the inbox; a text that can't be sent any more stays on the page."""
    found = _worked_on(request, pk)
    form = ReplyForm(request.POST or None, request.FILES or None)
    template = "feedback/_reply_form.html" if request.htmx else "feedback/reply.html"
    context = {"assignment": found, "opinion": found.opinion, "form": form}
    if request.htmx and request.method == "POST" and form.is_valid():
        try:
            services.reply_to_assignment(found, actor=request.user, **form.cleaned_data)
        except ServiceError as refused:
            return render(request, template, context, status=put_errors(form, refused))
        return render(request, "feedback/_reply_sent.html", context)
    return act(
        request,
        form=form,
        save=lambda **values: services.reply_to_assignment(found, actor=request.user, **values),
        done=_("The reply was sent and waits for acceptance."),
        back=reverse("feedback:inbox"),
        template=template,
        context=context,
    )


@login_required
@require_safe
def reply_document(request, pk):
    documents = ReplyDocument.objects.filter(reply__assignment__in=Assignment.objects.visible_to(request.user))
    document = get_object_or_404(documents, pk=pk)
    # Always as a download: what people upload is never opened inside this site.
    return FileResponse(
        document.file.open("rb"),
        as_attachment=True,
        filename=document.original_name,
        content_type=document.content_type,
    )
