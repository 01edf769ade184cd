"""From the day of the meeting to its closing."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import User
from audit.services import record
from deadlines import clock
from deadlines import services as deadlines
from deadlines.models import Obligation
from meetings import policies
from meetings.models import DeadlineSnapshot, Meeting, MeetingState
from meetings.services.common import aware, demand, local_day, lock, vn_moment
from meetings.services.planning import EARLIEST, LONGEST

# What the day of the meeting starts the clock of.
STARTED_BY_THE_MEETING = (Obligation.CONCLUSION_NOTICE, Obligation.PUBLICATION)


def _snapshot_deadlines(meeting: Meeting) -> dict[str, date]:
    """Keeps every deadline as the rules stand today; gives the earliest of each obligation."""
    rows = []
    for obligation in STARTED_BY_THE_MEETING:
        for deadline in deadlines.deadlines_for(
            locality=meeting.locality,
            level=meeting.level,
            meeting_type=meeting.meeting_type,
            obligation=obligation,
            counted_from=meeting.held_on,
        ):
            rows.append(
                DeadlineSnapshot(
                    meeting=meeting,
                    obligation=obligation,
                    rule=deadline.rule,
                    law=deadline.law[:400],
                    number=deadline.number,
                    unit=deadline.unit,
                    counted_from=meeting.held_on,
                    due_on=deadline.due_on,
                    working_out=deadline.count.as_json(),
                    extension_days=deadline.rule.extension_days,
                )
            )
    DeadlineSnapshot.objects.bulk_create(rows)
    # The latest first, so that the earliest stays.
    return {row.obligation: row.due_on for row in sorted(rows, key=lambda row: row.due_on, reverse=True)}


@transaction.atomic
def hold_meeting(meeting: Meeting, *, actor: User, actual_start: datetime, actual_end: datetime) -> Meeting:
    """Records that the meeting took place; from here its deadlines run."""
    deadlines.hold_changes_off()
    lock(meeting)
    demand(policies.may_hold(actor, meeting), meeting, actor)
    start, end = aware(actual_start), aware(actual_end)
    if start > timezone.now():
        raise ServiceError(_("The meeting can't have started in the future."), field="actual_start")
    if end <= start:
        raise ServiceError(_("The meeting has to end after it starts."), field="actual_end")
    if end - start > LONGEST:
        raise ServiceError(_("A meeting lasts at most 24 hours."), field="actual_end")
    day = local_day(start)
    if day < EARLIEST:
        raise ServiceError(_("The start lies before the year 2000."), field="actual_start")
    if not meeting.locality.exists_on(day):
        raise ServiceError(
            _("%(place)s does not exist on %(day)s.") % {"place": meeting.locality, "day": f"{day:%d/%m/%Y}"},
            field="actual_start",
        )
    meeting.state = MeetingState.HELD
    meeting.actual_start, meeting.actual_end, meeting.held_on = start, end, day
    earliest = _snapshot_deadlines(meeting)
    meeting.conclusion_due_on = earliest.get(Obligation.CONCLUSION_NOTICE)
    meeting.publication_due_on = earliest.get(Obligation.PUBLICATION)
    meeting.version += 1
    meeting.save()
    due = meeting.conclusion_due_on
    record(
        actor=actor,
        verb="hold_meeting",
        target=meeting,
        sentence=f"đã ghi nhận hội nghị được tổ chức lúc {vn_moment(start)}"
        + (f"; thông báo kết luận phải ban hành chậm nhất ngày {due:%d/%m/%Y}" if due else ""),
        data={"held_on": day.isoformat(), "conclusion_due_on": due.isoformat() if due else None},
    )
    return meeting


@transaction.atomic
def close_meeting(meeting: Meeting, *, actor: User) -> Meeting:
    """Closes the record for good; the notice has to be issued and published."""
    lock(meeting)
    demand(policies.may_close(actor, meeting), meeting, actor)
    meeting.state = MeetingState.CLOSED
    meeting.closed_at = clock.now()
    meeting.version += 1
    meeting.save()
    record(actor=actor, verb="close_meeting", target=meeting, sentence="đã đóng hồ sơ hội nghị")
    return meeting


@transaction.atomic
def move_conclusion_due(meeting: Meeting, *, due_on: date, actor: User, cause: str, reason: str = "") -> Meeting:
    """The conclusion notice is due on another day; called by the service that decides so, which writes the event.

    Reminders start anew, and the move stands in the ledger for ever.
    """
    lock(meeting)
    if meeting.concluded_on is not None or meeting.conclusion_due_on is None:
        raise ServiceError(_("This deadline has ended; it can no longer be moved."))
    deadlines.record_move(
        target=meeting,
        obligation=Obligation.CONCLUSION_NOTICE,
        due_on_before=meeting.conclusion_due_on,
        due_on_after=due_on,
        cause=cause,
        actor=actor,
        reason=reason,
    )
    meeting.conclusion_due_on, meeting.reminded_until = due_on, None
    meeting.save(update_fields=["conclusion_due_on", "reminded_until", "updated_at"])
    return meeting


@transaction.atomic
def mark_concluded(meeting: Meeting, *, on: date, days_late: int = 0) -> Meeting:
    """The conclusion notice was issued; called by the service that issues it, which writes the event."""
    lock(meeting)
    if meeting.state != MeetingState.HELD:
        raise ServiceError(_("Only a meeting that has been held can be concluded."))
    meeting.concluded_on, meeting.conclusion_days_late = on, days_late
    meeting.save(update_fields=["concluded_on", "conclusion_days_late", "updated_at"])
    return meeting


@transaction.atomic
def mark_published(meeting: Meeting, *, on: date) -> Meeting:
    """The conclusion notice was published; the first day counts."""
    lock(meeting)
    if meeting.concluded_on is None:
        raise ServiceError(_("The conclusion notice has to be issued before it is published."))
    if meeting.published_on is None:
        meeting.published_on = on
        meeting.save(update_fields=["published_on", "updated_at"])
    return meeting
