"""Stopping the clock of an assignment, and letting it run again."""

from django.contrib.auth.decorators import login_required
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.policies import require
from feedback import policies, services
from feedback.forms import LONGEST_PAUSE_REASON, ReasonForm
from feedback.models import Assignment
from feedback.views.common import act, assignment_facts, do, own_assignment


def _stopped_by(request, pk) -> Assignment:
    assignment = own_assignment(request, pk)
    require(policies.may_stop_clock(request.user, assignment))
    return assignment


def _back(assignment: Assignment) -> str:
    return reverse("feedback:opinion", args=[assignment.opinion_id])


@login_required
def pause(request, pk):
    assignment = _stopped_by(request, pk)
    return act(
        request,
        form=ReasonForm(
            request.POST or None, name="reason", label=_("Reason for stopping the clock"), longest=LONGEST_PAUSE_REASON
        ),
        save=lambda **values: services.pause_assignment(assignment, actor=request.user, **values),
        done=_("The clock was stopped; the department has been told."),
        back=_back(assignment),
        context={
            "title": _("Stop the clock"),
            "facts": assignment_facts(assignment),
            "consequence": _(
                "From today no day is counted and nobody is reminded. Once the clock runs again, the working days that "
                "are left today are counted on."
            ),
            "button": _("Stop the clock"),
            "keep": f"pause-{assignment.pk}",
        },
    )


@login_required
@require_POST
def resume(request, pk):
    assignment = _stopped_by(request, pk)
    return do(
        request,
        save=lambda: services.resume_assignment(assignment, actor=request.user),
        done=_("The clock runs again; the department has been told."),
        back=_back(assignment),
    )
