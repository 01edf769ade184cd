"""Announcing, postponing and cancelling."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import User
from audit.services import record
from deadlines import clock
from deadlines.models import Quantity
from meetings import policies
from meetings.models import Meeting, MeetingState, Mode
from meetings.services.announcing import announcement_limits, move_announcement
from meetings.services.common import aware, clean_text, demand, local_day, lock, vn_moment
from meetings.services.planning import PlanRefused, problems_of


def announcement_warning(meeting: Meeting, announced_on: date) -> str:
    """The sentence for an announcement that comes later than a rule asks; empty when every rule is kept."""
    missed = [limit for limit in announcement_limits(meeting) if announced_on > limit.due_on]
    if not missed:
        return ""
    return _("The announcement comes late: %(law)s asks for at least %(number)s %(unit)s, that is by %(day)s.") % {
        "law": missed[0].law,
        "number": missed[0].number,
        "unit": Quantity(missed[0].unit).label,
        "day": f"{missed[0].due_on:%d/%m/%Y}",
    }


@transaction.atomic
def announce_meeting(meeting: Meeting, *, actor: User, announced_on: date | None = None) -> Meeting:
    lock(meeting)
    demand(policies.may_announce(actor, meeting), meeting, actor)
    announced_on = announced_on or clock.today()
    if announced_on > clock.today():
        raise ServiceError(_("The day of the announcement can't lie in the future."), field="announced_on")
    if announced_on > local_day(meeting.planned_start):
        raise ServiceError(
            _("The meeting can't be announced after its own day, %(day)s.")
            % {"day": f"{local_day(meeting.planned_start):%d/%m/%Y}"},
            field="announced_on",
        )
    if meeting.state == MeetingState.POSTPONED and meeting.planned_start == meeting.previous_start:
        raise ServiceError(_("Set the new time of the postponed meeting before announcing it."))
    if meeting.mode != Mode.ONLINE and not (meeting.place or meeting.online_address):
        raise ServiceError(_("Say where the meeting takes place before announcing it."))
    if meeting.mode == Mode.ONLINE and not meeting.online_address:
        raise ServiceError(_("Give the online address before announcing the meeting."))
    meeting.state = MeetingState.ANNOUNCED
    meeting.announced_on = announced_on
    meeting.version += 1
    meeting.save()
    record(
        actor=actor,
        verb="announce_meeting",
        target=meeting,
        sentence=f"đã thông báo hội nghị lúc {vn_moment(meeting.planned_start)}",
        data={"announced_on": announced_on.isoformat()},
    )
    return meeting


@transaction.atomic
def postpone_meeting(
    meeting: Meeting,
    *,
    actor: User,
    reason: str,
    planned_start: datetime | None = None,
    planned_end: datetime | None = None,
) -> Meeting:
    """Puts the meeting off, to a new time when that is known already."""
    lock(meeting)
    demand(policies.may_postpone(actor, meeting), meeting, actor)
    reason = clean_text(reason)
    if not reason:
        raise ServiceError(_("Give the reason for the postponement."), field="reason")
    if (planned_start is None) != (planned_end is None):
        raise ServiceError(
            _("Give both the new start and the new end, or neither."),
            field="planned_end" if planned_end is None else "planned_start",
        )
    meeting.previous_start = meeting.planned_start
    sentence = "đã hoãn hội nghị, thời gian mới sẽ thông báo sau"
    if planned_start is not None:
        if aware(planned_start) == meeting.planned_start:
            raise ServiceError(_("The new start is the same as the old one."), field="planned_start")
        meeting.planned_start, meeting.planned_end = aware(planned_start), aware(planned_end)
        problems = problems_of(meeting, {})
        if problems:
            raise PlanRefused(problems)
        move_announcement(meeting, actor=actor, reason=reason)
        sentence = f"đã hoãn hội nghị đến {vn_moment(meeting.planned_start)}"
    meeting.state = MeetingState.POSTPONED
    meeting.change_reason = reason
    meeting.version += 1
    meeting.save()
    record(actor=actor, verb="postpone_meeting", target=meeting, sentence=f"{sentence}. Lý do: {reason}")
    return meeting


@transaction.atomic
def cancel_meeting(meeting: Meeting, *, actor: User, reason: str) -> Meeting:
    lock(meeting)
    demand(policies.may_cancel(actor, meeting), meeting, actor)
    reason = clean_text(reason)
    if not reason:
        raise ServiceError(_("Give the reason for the cancellation."), field="reason")
    meeting.state = MeetingState.CANCELLED
    meeting.cancelled_at = timezone.now()
    meeting.change_reason = reason
    meeting.version += 1
    meeting.save()
    record(actor=actor, verb="cancel_meeting", target=meeting, sentence=f"đã hủy hội nghị. Lý do: {reason}")
    return meeting
