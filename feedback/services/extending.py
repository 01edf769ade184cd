"""A department asks for more time; the leader of the host decides, within what the rule allows."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Role, User
from audit.services import record
from deadlines import clock
from deadlines.counting import working_days_between
from deadlines.models import Move, MoveCause, Obligation
from deadlines.resuming import later_by
from deadlines.services import moves_of, record_move, working_calendar
from feedback.models import Assignment, Extension, Verdict
from feedback.services.common import (
    clean,
    latest_day_of,
    lock_assignment,
    officers,
    people_of,
    tell,
    waiting_extension,
)


def latest_day(assignment: Assignment) -> date | None:
    """The last day that all extensions together may reach; None where the regulation says nothing.

    It is counted from the start of the limit, so that several extensions never exceed what one may; days on which the
    clock was stopped move it as they moved the limit.
    """
    calendar = working_calendar(assignment.opinion.meeting.locality)
    latest = latest_day_of(assignment.working_out, assignment.extension_days, calendar)
    if latest is None:
        return None
    stopped = sum(working_days_between(move.due_on_before, move.due_on_after, calendar) for move in _pauses(assignment))
    return later_by(latest, stopped, calendar)


def _pauses(assignment: Assignment) -> list[Move]:
    return list(moves_of(assignment).filter(cause=MoveCause.PAUSE))


def _require_date(assignment: Assignment, asked_until: date) -> None:
    """The new date lies after the present one, on a working day, within what the rule allows."""
    if asked_until <= assignment.due_on:
        raise ServiceError(
            _("The new date has to lie after %(date)s.") % {"date": f"{assignment.due_on:%d/%m/%Y}"},
            field="asked_until",
        )
    if assignment.extension_days == 0:
        raise ServiceError(
            _("By %(law)s this deadline can't be extended; it stays %(day)s.")
            % {"law": assignment.law, "day": f"{assignment.due_on:%d/%m/%Y}"},
            field="asked_until",
        )
    latest = latest_day(assignment)
    if latest is not None and asked_until > latest:
        raise ServiceError(
            _("By %(law)s the deadline can be extended to %(day)s at most.")
            % {"law": assignment.law, "day": f"{latest:%d/%m/%Y}"},
            field="asked_until",
        )
    calendar = working_calendar(assignment.opinion.meeting.locality)
    if calendar.is_day_off(asked_until):
        following = calendar.next_working_day(asked_until)
        raise ServiceError(_day_off(asked_until, calendar.reason(asked_until), following, latest), field="asked_until")


def _day_off(day: date, reason: str, following: date, latest: date | None) -> str:
    """Names the next working day, unless the rule doesn't reach that far."""
    values = {"day": f"{day:%d/%m/%Y}", "reason": reason, "following": f"{following:%d/%m/%Y}"}
    if latest is not None and following > latest:
        return _("%(day)s is a day off (%(reason)s); choose a working day before it.") % values
    return _("%(day)s is a day off (%(reason)s); the next working day is %(following)s.") % values


def _require_open(assignment: Assignment) -> None:
    if not assignment.is_open:
        raise ServiceError(
            _("The assignment is “%(state)s” now; its date can no longer be moved.")
            % {"state": assignment.get_state_display().lower()}
        )


def _require_running(assignment: Assignment) -> None:
    if assignment.paused_on is not None:
        raise ServiceError(
            _("The clock has been stopped since %(day)s; the date can be moved once it runs again.")
            % {"day": f"{assignment.paused_on:%d/%m/%Y}"}
        )


@transaction.atomic
def request_extension(assignment: Assignment, *, actor: User, asked_until: date, reason: str) -> Extension:
    """Asks for a later date, once at a time."""
    assignment = lock_assignment(assignment.pk)
    _require_open(assignment)
    if not clean(reason):
        raise ServiceError(_("Say why more time is needed."), field="reason")
    _require_running(assignment)
    if asked_until < clock.today():
        raise ServiceError(_("The new date can't lie in the past."), field="asked_until")
    _require_date(assignment, asked_until)
    if waiting_extension(assignment):
        raise ServiceError(_("A request for more time is already waiting for the leader's decision."))
    extension = Extension.objects.create(
        assignment=assignment,
        asked_until=asked_until,
        reason=clean(reason),
        asked_by=actor,
        due_on_before=assignment.due_on,
    )
    opinion = assignment.opinion
    tell(
        people_of([opinion.meeting.host_unit_id], Role.LEADER),
        about=extension,
        subject=f"{assignment.lead_department} đề nghị gia hạn ý kiến số {opinion.number} đến {asked_until:%d/%m/%Y}",
        body=extension.reason,
        url=reverse("feedback:opinion", args=[opinion.pk]),
        role=Role.LEADER,
        due_on=assignment.due_on,
    )
    record(
        actor=actor,
        verb="request_extension",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã đề nghị gia hạn ý kiến số {opinion.number} đến {asked_until:%d/%m/%Y}: {extension.reason}",
    )
    return extension


@transaction.atomic
def decide_extension(extension: Extension, *, actor: User, is_granted: bool, remark: str = "") -> Extension:
    """Grants the later date or refuses it; a refusal says why."""
    assignment = lock_assignment(extension.assignment_id)
    extension = Extension.objects.select_for_update().get(pk=extension.pk)
    if extension.verdict != Verdict.WAITING:
        raise ServiceError(_("This request has already been decided."))
    _require_open(assignment)
    if not is_granted and not clean(remark):
        raise ServiceError(_("Say why more time is refused."), field="remark")
    if is_granted:
        _require_running(assignment)
        # The calendar or the date may have changed since it was asked for.
        _require_date(assignment, extension.asked_until)
    extension.verdict = Verdict.ACCEPTED if is_granted else Verdict.REFUSED
    extension.verdict_by = actor
    extension.verdict_at = clock.now()
    extension.remark = clean(remark)
    extension.save()
    if is_granted:
        before, assignment.due_on = assignment.due_on, extension.asked_until
        assignment.due_reason = f"Gia hạn: {extension.reason}"[:300]
        assignment.reminded_until = None
        assignment.version += 1
        assignment.save()
        record_move(
            target=assignment,
            obligation=Obligation.REPLY,
            due_on_before=before,
            due_on_after=assignment.due_on,
            cause=MoveCause.EXTENSION,
            actor=actor,
            reason=extension.reason,
        )
    opinion = assignment.opinion
    verdict = "đồng ý" if is_granted else "không đồng ý"
    tell(
        officers(assignment),
        about=extension,
        subject=f"Lãnh đạo {verdict} gia hạn ý kiến số {opinion.number}, thời hạn {assignment.due_on:%d/%m/%Y}",
        body=extension.remark,
        url=reverse("feedback:assignment", args=[assignment.pk]),
        role=Role.OFFICER,
        due_on=assignment.due_on,
    )
    record(
        actor=actor,
        verb="decide_extension",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã {verdict} gia hạn ý kiến số {opinion.number} đến {extension.asked_until:%d/%m/%Y}"
        + (f": {extension.remark}" if extension.remark else ""),
        data={"due_on_before": extension.due_on_before.isoformat(), "due_on": assignment.due_on.isoformat()},
    )
    return extension
