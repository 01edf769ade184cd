"""Every deadline that binds a meeting, for its page and its deadline sheet: few queries, nothing is written."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from deadlines.counting import Count
from deadlines.models import Obligation
from deadlines.services import as_of_now, deadlines_for
from meetings.models import DeadlineSnapshot, Meeting, MeetingState

# In the order in which a meeting meets them.
ORDER = (Obligation.ANNOUNCEMENT, Obligation.CONCLUSION_NOTICE, Obligation.PUBLICATION)


@dataclass(frozen=True)
class Bound:
    """What one rule asks of the meeting.

    ``due_on`` is the day that holds now; ``count`` how the rule's own day came about. ``counts`` marks the earliest of
    an obligation; ``is_prospective`` a day that will be worked out anew once the meeting is held; ``is_missed`` an
    announcement that never came.
    """

    obligation: str
    law: str
    count: Count | None
    due_on: date
    done_on: date | None = None
    days_late: int | None = None
    is_prospective: bool = False
    is_missed: bool = False
    counts: bool = False
    is_alone: bool = True

    @property
    def what(self) -> str:
        return Obligation(self.obligation).label

    @property
    def limit(self) -> str:
        return self.count.limit if self.count else ""

    @property
    def lines(self) -> list[str]:
        """The worked answer as ``manage.py due_on`` prints it."""
        return self.count.lines() if self.count else []

    @property
    def is_provisional(self) -> bool:
        """Still to be met, by a count over a year that nobody has confirmed."""
        return self.done_on is None and not self.is_missed and self.count is not None and self.count.is_provisional

    @property
    def is_moved(self) -> bool:
        """By an extension, beyond the day that the rule gave."""
        return self.count is not None and self.due_on != self.count.due_on


def bounds_of(meeting: Meeting) -> list[Bound]:
    """All of them: before the meeting is held as they will be, afterwards as they were kept that day."""
    if not meeting.is_held and (not meeting.is_open or _has_no_day(meeting)):
        return []
    found = [*_live(meeting), *(_kept(meeting) if meeting.is_held else [])]
    bounds: list[Bound] = []
    for obligation in ORDER:
        of_one = sorted((one for one in found if one.obligation == obligation), key=lambda one: one.due_on)
        for position, one in enumerate(of_one):
            bounds.append(Bound(**vars(one) | {"counts": position == 0, "is_alone": len(of_one) == 1}))
    return bounds


def _is_postponed(meeting: Meeting) -> bool:
    """Its new day has to be announced, whatever was announced before."""
    return meeting.state == MeetingState.POSTPONED


def _has_no_day(meeting: Meeting) -> bool:
    """From nothing nothing can be counted: the old day will not come."""
    return _is_postponed(meeting) and not meeting.has_new_time


def _live(meeting: Meeting) -> Iterator[Bound]:
    """What is never kept: the announcement's, and before the meeting what the rules of today would ask after it."""
    asked = (Obligation.ANNOUNCEMENT,) if meeting.is_held else ORDER
    for limit in deadlines_for(
        locality=meeting.locality,
        level=meeting.level,
        meeting_type=meeting.meeting_type,
        obligation=asked,
        counted_from=meeting.planned_day,
    ):
        is_announcement = limit.rule.obligation == Obligation.ANNOUNCEMENT
        yield Bound(
            obligation=limit.rule.obligation,
            law=limit.law,
            count=limit.count,
            due_on=limit.due_on,
            done_on=meeting.announced_on if is_announcement and not _is_postponed(meeting) else None,
            is_prospective=not is_announcement,
            is_missed=is_announcement and meeting.is_held and meeting.announced_on is None,
        )


def _kept(meeting: Meeting) -> Iterator[Bound]:
    for kept in meeting.deadlines.all():
        yield Bound(
            obligation=kept.obligation,
            law=kept.law,
            count=_count_of(kept),
            due_on=kept.extended_due_on,
            done_on=meeting.published_on if kept.obligation == Obligation.PUBLICATION else meeting.concluded_on,
            days_late=kept.days_late,
        )


def _count_of(kept: DeadlineSnapshot) -> Count | None:
    return as_of_now(Count.from_json(kept.working_out)) if kept.working_out else None
