"""The list of opinions and one opinion's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import ServiceError, StaleVersion
from accounts.policies import require
from feedback import policies, queries, services
from feedback.deadline_history import with_histories
from feedback.filters import OpinionFilter, listed
from feedback.forms import OpinionForm, ReasonForm
from feedback.models import Opinion, OpinionState
from feedback.views.common import own_opinion, put_errors


@login_required
@require_safe
def opinions(request):
    """Every opinion the person may see; also where each figure of the dashboard leads."""
    filters = OpinionFilter(request.GET, user=request.user)
    rows = queries.with_current_assignment(filters.apply(listed(request.user)))
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    return render(request, "feedback/opinions.html", {"filters": filters, "page_obj": page})


def opinion_page(request, opinion, *, status=200, is_open=False, comment_form=None):
    user = request.user
    events = list(queries.history_of(opinion))
    assignments = with_histories(queries.assignments_of(opinion), events)
    current = next((one for one in assignments if one.state not in queries.NOT_IN_FORCE), None)
    handles = policies.may_handle(user, opinion)
    context = {
        "opinion": opinion,
        "assignments": assignments,
        "current": current,
        "sentence": queries.plain_state(opinion, current),
        "comments": queries.dated(opinion.comments),
        "related": queries.same_matter(opinion, user),
        "events": events,
        "is_open": is_open,
        "may_handle": handles,
        "may_edit": bool(handles) and opinion.meeting.is_open,
        "may_answer": bool(handles) and opinion.meeting.is_open and opinion.state == OpinionState.RECORDED,
        "may_assign": bool(handles) and opinion.state in {OpinionState.RECORDED, OpinionState.ANSWERED},
        "may_transfer": bool(handles) and opinion.state in {OpinionState.RECORDED, OpinionState.ASSIGNED},
        "may_stop_clock": current is not None and policies.may_stop_clock(user, current),
        "may_decide": current is not None and policies.may_decide_extension(user, current),
        "may_work": current is not None and policies.may_work_on(user, current),
        "may_reveal": policies.may_open_personal_data(user, opinion, current),
        "comment_form": comment_form or comment_form_of(request) if policies.may_comment(user) else None,
    }
    return render(request, "feedback/opinion.html", context, status=status)


def comment_form_of(request, data=None):
    return ReasonForm(data, name="text", label=_("Comment"), rows=3)


@login_required
@require_safe
def opinion(request, pk):
    found = get_object_or_404(queries.one_opinion(Opinion.objects.visible_to(request.user)), pk=pk)
    return opinion_page(request, found)


@login_required
@require_POST
def reveal(request, pk):
    """Unfolds the speaker's name, phone and address; who looked is kept."""
    found = get_object_or_404(queries.one_opinion(Opinion.objects.visible_to(request.user)), pk=pk)
    current = found.assignments.exclude(state__in=queries.NOT_IN_FORCE).select_related("lead_department").first()
    require(policies.may_open_personal_data(request.user, found, current))
    services.open_personal_data(found, actor=request.user)
    if request.htmx:
        return render(request, "feedback/_speaker.html", {"opinion": found, "is_open": True})
    return opinion_page(request, found, is_open=True)


@login_required
def opinion_edit(request, pk):
    """Corrects the record. Opening the form shows the speaker's data, so opening it is kept as well."""
    found = own_opinion(request, pk)
    require(policies.may_edit_opinion(request.user, found))
    earlier = queries.earlier_opinions(found, request.user)
    form = OpinionForm(request.POST or None, opinion=found, earlier=earlier, initial=OpinionForm.initial_of(found))
    context, status = {"form": form, "opinion": found}, 200
    if request.method != "POST":
        services.open_personal_data(found, actor=request.user)
    elif not form.is_valid():
        status = 422
    else:
        values = form.cleaned_data.copy()
        try:
            services.edit_opinion(found, actor=request.user, version=values.pop("version"), **values)
        except StaleVersion as stale:
            saved = OpinionForm.initial_of(stale.current) | {"field": stale.current.field}
            form.data = form.data.copy()
            form.data["version"] = stale.current.version
            context |= {"saved": _words(stale.current, saved)}
            status = 409
        except ServiceError as refused:
            status = put_errors(form, refused)
        else:
            messages.success(request, _("The correction was saved."))
            is_mine = Opinion.objects.visible_to(request.user).filter(pk=found.pk).exists()
            url = reverse("feedback:opinion", args=[found.pk])
            return redirect(url if is_mine else reverse("feedback:meeting_opinions", args=[found.meeting_id]))
    return render(request, "feedback/opinion_edit.html", context, status=status)


def _words(current, saved):
    """What is saved now, as the comparison shows it."""
    return saved | {"same_matter_as": current.same_matter_as}
