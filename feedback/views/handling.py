"""What the host's clerks and leaders do with an opinion, one page for each step."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import require
from deadlines import clock
from feedback import policies, queries, services
from feedback.forms import AnswerForm, AssignForm, DecisionForm, ReasonForm, TransferForm
from feedback.models import Assignment, Extension, Opinion, Reply
from feedback.views.common import act, assignment_facts, do, opinion_facts, own_assignment, own_opinion
from feedback.views.opinions import comment_form_of, opinion_page


def _opinion_url(opinion) -> str:
    return reverse("feedback:opinion", args=[opinion.pk])


def _back(request, opinion) -> str:
    """Where the person came from, when it is a page of this site."""
    back = request.GET.get("next") or ""
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else _opinion_url(opinion)


def _handled(request, pk) -> Opinion:
    opinion = own_opinion(request, pk)
    require(policies.may_handle(request.user, opinion))
    return opinion


@login_required
def answer(request, pk):
    opinion = _handled(request, pk)
    require(policies.may_edit_opinion(request.user, opinion))
    return act(
        request,
        form=AnswerForm(request.POST or None),
        save=lambda **values: services.answer_on_the_spot(opinion, actor=request.user, **values),
        done=_("The answer was recorded."),
        back=_back(request, opinion),
        context={
            "title": _("Answered at the meeting"),
            "facts": opinion_facts(opinion),
            "button": _("Record the answer"),
            "keep": f"answer-{opinion.pk}",
        },
    )


@login_required
@require_POST
def take_up(request, pk):
    opinion = _handled(request, pk)
    return do(
        request,
        save=lambda: services.take_up(opinion, actor=request.user),
        done=_("Question %(number)s counts as put at the meeting.") % {"number": opinion.number},
        back=_back(request, opinion),
    )


@login_required
def assign(request, pk):
    opinion = _handled(request, pk)
    deadline = services.reply_deadline(opinion.meeting, counted_from=clock.today())
    proposal = services.propose_department(opinion)
    initial = {"lead_department": proposal, "task": opinion.text, "due_on": deadline.due_on}
    form = AssignForm(request.POST or None, departments=queries.departments_for(opinion.meeting), initial=initial)
    return act(
        request,
        form=form,
        save=lambda **values: services.assign_opinion(opinion, actor=request.user, **values),
        done=_("The opinion was assigned; the department has been told."),
        back=_back(request, opinion),
        template="feedback/assign.html",
        context={"opinion": opinion, "deadline": deadline, "proposal": proposal},
    )


@login_required
def transfer(request, pk):
    opinion = _handled(request, pk)
    return act(
        request,
        form=TransferForm(request.POST or None),
        save=lambda **values: services.transfer_opinion(opinion, actor=request.user, **values),
        done=_("The transfer slip was made out."),
        back=_opinion_url(opinion),
        context={
            "title": _("Transfer slip"),
            "facts": opinion_facts(opinion),
            "consequence": _("The opinion leaves for the competent body. This can't be undone."),
            "button": _("Make out the transfer slip"),
            "keep": f"transfer-{opinion.pk}",
        },
    )


@login_required
@require_POST
def comment(request, pk):
    opinion = get_object_or_404(queries.one_opinion(Opinion.objects.visible_to(request.user)), pk=pk)
    require(policies.may_comment(request.user))
    form = comment_form_of(request, request.POST)
    if not form.is_valid():
        return opinion_page(request, opinion, status=422, comment_form=form)
    services.comment_as_supervisor(opinion, actor=request.user, **form.cleaned_data)
    return redirect(_opinion_url(opinion) + "#supervision")


@login_required
def withdraw(request, pk):
    assignment = own_assignment(request, pk)
    require(policies.may_handle(request.user, assignment.opinion))
    return act(
        request,
        form=ReasonForm(request.POST or None, name="reason", label=_("Reason for withdrawing")),
        save=lambda **values: services.withdraw_assignment(assignment, actor=request.user, **values),
        done=_("The assignment was withdrawn."),
        back=_opinion_url(assignment.opinion),
        context={
            "title": _("Withdraw the assignment"),
            "facts": assignment_facts(assignment),
            "consequence": _("The department is told and can no longer reply; the opinion waits for a decision again."),
            "button": _("Withdraw the assignment"),
            "tone": "danger",
        },
    )


def _waiting_reply(request, pk) -> Reply:
    replies = Reply.objects.filter(assignment__in=Assignment.objects.visible_to(request.user))
    reply = get_object_or_404(
        replies.select_related(
            "assignment__lead_department", "assignment__opinion__field", "assignment__opinion__meeting__host_unit"
        ),
        pk=pk,
    )
    require(policies.may_handle(request.user, reply.assignment.opinion))
    return reply


@login_required
@require_POST
def accept_reply(request, pk):
    reply = _waiting_reply(request, pk)
    return do(
        request,
        save=lambda: services.accept_reply(reply, actor=request.user),
        done=_("The reply was accepted and is now the answer to the opinion."),
        back=_opinion_url(reply.assignment.opinion),
    )


@login_required
def send_back(request, pk):
    reply = _waiting_reply(request, pk)
    facts = [*assignment_facts(reply.assignment), (_("Reply"), reply.text)]
    return act(
        request,
        form=ReasonForm(request.POST or None, name="remark", label=_("What the reply still lacks")),
        save=lambda **values: services.send_back_reply(reply, actor=request.user, **values),
        done=_("The reply was sent back to the department."),
        back=_opinion_url(reply.assignment.opinion),
        context={
            "title": _("Send the reply back"),
            "facts": facts,
            "button": _("Send back to the department"),
            "keep": f"send-back-{reply.pk}",
        },
    )


@login_required
def decide_extension(request, pk):
    extensions = Extension.objects.filter(assignment__in=Assignment.objects.visible_to(request.user))
    extension = get_object_or_404(
        extensions.select_related(
            "assignment__lead_department",
            "assignment__opinion__field",
            "assignment__opinion__meeting__host_unit",
            "assignment__opinion__meeting__locality",
        ),
        pk=pk,
    )
    require(policies.may_decide_extension(request.user, extension.assignment))
    latest = services.latest_day(extension.assignment)
    facts = [
        *assignment_facts(extension.assignment),
        *([(_("By the rule, at most until"), f"{latest:%d/%m/%Y} · {extension.assignment.law}")] if latest else []),
        (_("New date asked for"), f"{extension.asked_until:%d/%m/%Y}"),
        (_("Reason"), extension.reason),
    ]
    return act(
        request,
        form=DecisionForm(request.POST or None),
        save=lambda **values: services.decide_extension(extension, actor=request.user, **values),
        done=_("The decision was recorded; the department has been told."),
        back=_opinion_url(extension.assignment.opinion),
        context={"title": _("A request for more time"), "facts": facts, "button": _("Record the decision")},
    )
