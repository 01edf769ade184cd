"""By when a planned meeting has to be announced, and what follows when that day moves with the plan."""

from accounts.models import User
from deadlines import services as deadlines
from deadlines.models import MoveCause, Obligation
from meetings.models import Meeting
from meetings.services.common import local_day


def announcement_limits(meeting: Meeting) -> list[deadlines.Deadline]:
    """For each rule on announcing beforehand, the last day that keeps it; the strictest first."""
    return deadlines.deadlines_for(
        locality=meeting.locality,
        level=meeting.level,
        meeting_type=meeting.meeting_type,
        obligation=Obligation.ANNOUNCEMENT,
        counted_from=local_day(meeting.planned_start),
    )


def move_announcement(meeting: Meeting, *, actor: User, reason: str = "") -> None:
    """The locked meeting is about to be saved with another plan: reminders of its announcement start anew, from today.

    The move stands in the ledger, so that nobody is told, nor told of, for days before it.
    """
    meeting.announcement_reminded_until = None
    after = announcement_limits(meeting)
    before = announcement_limits(Meeting.objects.select_related("locality").get(pk=meeting.pk)) if after else []
    if not after or (before and before[0].due_on == after[0].due_on):
        return
    deadlines.record_move(
        target=meeting,
        obligation=Obligation.ANNOUNCEMENT,
        due_on_before=(before or after)[0].due_on,
        due_on_after=after[0].due_on,
        cause=MoveCause.PLAN,
        actor=actor,
        reason=reason,
    )
