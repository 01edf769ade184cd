"""The clock of an assignment stops and runs again, only where the rule that bound it allows it."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Role, User
from audit.services import record
from deadlines import clock
from deadlines.models import MoveCause, Obligation
from deadlines.resuming import Resumption, resume
from deadlines.services import record_move, working_calendar
from feedback.models import Assignment
from feedback.services.common import clean, lock_assignment, officers, tell


@transaction.atomic
def pause_assignment(assignment: Assignment, *, actor: User, reason: str, on: date | None = None) -> Assignment:
    """Stops the clock from today on, which is not counted any more."""
    assignment = lock_assignment(assignment.pk)
    today = clock.today()
    if not assignment.is_open:
        raise ServiceError(
            _("The assignment is “%(state)s” now; its clock runs no longer.")
            % {"state": assignment.get_state_display().lower()}
        )
    if not assignment.allows_pause:
        raise ServiceError(
            _("No rule allows this clock to be stopped (%(law)s); more time may be asked for instead.")
            % {"law": assignment.law or "—"}
        )
    if assignment.paused_on is not None:
        raise ServiceError(
            _("The clock has already been stopped since %(day)s.") % {"day": f"{assignment.paused_on:%d/%m/%Y}"}
        )
    if on is not None and on < today:
        raise ServiceError(_("The clock can't be stopped from a day in the past."), field="on")
    if on is not None and on > today:
        raise ServiceError(_("The clock is stopped from today; do it on the day itself."), field="on")
    if assignment.due_on < today:
        raise ServiceError(
            _("The deadline passed on %(day)s; a clock that has run out can't be stopped.")
            % {"day": f"{assignment.due_on:%d/%m/%Y}"}
        )
    if not clean(reason):
        raise ServiceError(_("Say why the clock is stopped."), field="reason")
    assignment.paused_on, assignment.pause_reason = today, clean(reason)
    assignment.version += 1
    assignment.save()
    opinion = assignment.opinion
    _tell(assignment, f"Tạm dừng thời hạn ý kiến số {opinion.number} từ {today:%d/%m/%Y}", assignment.pause_reason)
    record(
        actor=actor,
        verb="pause_assignment",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã tạm dừng thời hạn ý kiến số {opinion.number} từ {today:%d/%m/%Y}: {assignment.pause_reason}",
        data={
            "assignment": assignment.pk,
            "paused_on": today.isoformat(),
            "due_on": assignment.due_on.isoformat(),
            "reason": assignment.pause_reason,
        },
    )
    return assignment


@transaction.atomic
def resume_assignment(assignment: Assignment, *, actor: User) -> Assignment:
    """Lets the clock run again: the working days that were left are counted on from today."""
    assignment = lock_assignment(assignment.pk)
    if assignment.paused_on is None:
        raise ServiceError(_("The clock is running; there is nothing to start again."))
    if not assignment.is_open:
        raise ServiceError(
            _("The assignment is “%(state)s” now; its clock runs no longer.")
            % {"state": assignment.get_state_display().lower()}
        )
    answer = run_on(assignment, actor=actor, on=clock.today())
    assignment.save()
    opinion = assignment.opinion
    _tell(
        assignment,
        f"Thời hạn ý kiến số {opinion.number} được tính tiếp, đến hạn {answer.due_on:%d/%m/%Y}",
        answer.lines()[0],
    )
    return assignment


def run_on(assignment: Assignment, *, actor: User, on: date) -> Resumption:
    """Ends the pause on the day, with its move and its event; the caller, who holds the lock, saves."""
    calendar = working_calendar(assignment.opinion.meeting.locality)
    before, reason = assignment.due_on, assignment.pause_reason
    answer = resume(assignment.paused_on, max(on, assignment.paused_on), before, calendar)
    assignment.working_out = assignment.working_out | {
        "resumptions": [*assignment.working_out.get("resumptions", []), answer.as_json()]
    }
    span = f"Tạm dừng từ {answer.paused_on:%d/%m/%Y}, tính tiếp từ {answer.resumed_on:%d/%m/%Y}"
    if answer.due_on != before:
        assignment.due_reason = f"{span}: {reason}"[:300]
        assignment.reminded_until = None
    assignment.due_on, assignment.paused_on, assignment.pause_reason = answer.due_on, None, ""
    assignment.version += 1
    record_move(
        target=assignment,
        obligation=Obligation.REPLY,
        due_on_before=before,
        due_on_after=answer.due_on,
        cause=MoveCause.PAUSE,
        actor=actor,
        reason=f"{span} ({answer.days_paused} ngày làm việc không tính): {reason}",
    )
    opinion = assignment.opinion
    record(
        actor=actor,
        verb="resume_assignment",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã cho tính tiếp thời hạn ý kiến số {opinion.number} từ {answer.resumed_on:%d/%m/%Y},"
        f" đến hạn {answer.due_on:%d/%m/%Y}",
        data={"assignment": assignment.pk, "due_on_before": before.isoformat(), "due_on": answer.due_on.isoformat()},
    )
    return answer


def _tell(assignment: Assignment, subject: str, body: str) -> None:
    tell(
        officers(assignment),
        about=assignment,
        subject=subject,
        body=body,
        url=reverse("feedback:assignment", args=[assignment.pk]),
        role=Role.OFFICER,
        due_on=assignment.due_on,
    )
