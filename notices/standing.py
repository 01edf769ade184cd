"""Where a conclusion notice stands with its deadline: what is required now, what was promised, how the date came about."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines.counting import Calendar, working_days_between
from deadlines.history import Entry, dmy, first_date, in_order, of_moves, on_day
from deadlines.models import Move, MoveCause, Obligation
from deadlines.services import moves_of
from feedback.models import Verdict
from meetings.models import DeadlineSnapshot, Meeting
from notices.models import NoticeExtension, ProgressPost
from notices.services import latest_extension, latest_promise, next_post_due

KEPT, BROKEN, OPEN = "kept", "broken", "open"


@dataclass(frozen=True)
class Promise:
    """One post with its promised date, and whether it was kept."""

    post: ProgressPost
    state: str

    @property
    def words(self) -> str:
        return {KEPT: _("Kept"), BROKEN: _("Not kept"), OPEN: _("Not yet due")}[self.state]

    @property
    def tone(self) -> str:
        return {KEPT: "success", BROKEN: "danger", OPEN: "info"}[self.state]


def late_words(days: int) -> str:
    """ "3 working days late", "on time"."""
    if not days:
        return _("on time")
    return ngettext("%(days)s working day late", "%(days)s working days late", days) % {"days": days}


class Standing:
    """A held meeting's notice on a day. ``snapshots`` are what bound it, the earliest first."""

    def __init__(self, meeting: Meeting, snapshots: list[DeadlineSnapshot], *, on: date, calendar: Calendar):
        self.meeting, self.snapshots, self.on, self.calendar = meeting, snapshots, on, calendar
        self.due_on: date | None = meeting.conclusion_due_on

    @property
    def is_issued(self) -> bool:
        return self.meeting.concluded_on is not None

    @property
    def is_late(self) -> bool:
        """Due and not issued."""
        return self.due_on is not None and not self.is_issued and self.due_on < self.on

    @property
    def days_late(self) -> int:
        """As fixed at issue; counted until today before."""
        if self.is_issued:
            return self.meeting.conclusion_days_late or 0
        return max(1, working_days_between(self.due_on, self.on, self.calendar)) if self.is_late else 0

    @property
    def late_words(self) -> str:
        return late_words(self.days_late)

    # --- progress ---

    @cached_property
    def posts(self) -> list[ProgressPost]:
        return list(self.meeting.progress_posts.select_related("author"))

    @property
    def promises(self) -> list[Promise]:
        """Every promise ever made, the oldest first."""
        return [Promise(post, self._state(post)) for post in self.posts]

    def _state(self, post: ProgressPost) -> str:
        if self.is_issued:
            return KEPT if self.meeting.concluded_on <= post.promised_on else BROKEN
        return BROKEN if post.promised_on < self.on else OPEN

    @property
    def promised_days(self) -> str:
        """ "08/09/2026, 15/09/2026"."""
        return ", ".join(f"{post.promised_on:%d/%m/%Y}" for post in self.posts)

    @property
    def next_post_on(self) -> date | None:
        if not self.is_late:
            return None
        return next_post_due(self.due_on, self.posts[-1].posted_on if self.posts else None, self.calendar)

    @property
    def is_post_due(self) -> bool:
        return self.is_late and self.next_post_on <= self.on

    @property
    def latest_promise(self) -> date:
        return latest_promise(self.on, self.calendar)

    # --- more time ---

    @cached_property
    def extensions(self) -> list[NoticeExtension]:
        found = list(self.meeting.notice_extensions.select_related("asked_by", "verdict_by"))
        for extension in found:
            extension.meeting = self.meeting
        return found

    @property
    def waiting_extension(self) -> NoticeExtension | None:
        return next((one for one in self.extensions if one.verdict == Verdict.WAITING), None)

    @property
    def latest_extension(self) -> date | None:
        return latest_extension(self.snapshots, self.calendar)

    @property
    def is_extensible(self) -> bool:
        """Whether the rules leave any day after the present deadline."""
        latest = self.latest_extension
        return latest is not None and self.due_on is not None and latest > self.due_on

    # --- how the date came about ---

    @cached_property
    def history(self) -> list[Entry]:
        """From the meeting to the issue: the first date, what was asked and decided, each move, the end."""
        if self.due_on is None:
            return []
        moves = [move for move in moves_of(self.meeting) if move.obligation == Obligation.CONCLUSION_NOTICE]
        first = moves[0].due_on_before if moves else self.due_on
        law = next((one.law for one in self.snapshots), "")
        asked = [entry for extension in self.extensions for entry in self._of_extension(extension, moves)]
        return in_order(
            [first_date(at=self.meeting.held_on, due_on=first, law=law)],
            asked,
            of_moves(moves, leave_out=[MoveCause.EXTENSION]),
            self._end(),
        )

    @staticmethod
    def _of_extension(extension: NoticeExtension, moves: list[Move]) -> Iterator[Entry]:
        # A change of the calendar may have moved the deadline between the request and the decision.
        granted = (
            one for one in moves if one.cause == MoveCause.EXTENSION and one.due_on_after == extension.asked_until
        )
        move = next(granted, None)
        before = move.due_on_before if move else extension.due_on_before
        values = {"before": dmy(before), "after": dmy(extension.asked_until)}
        yield Entry(
            extension.asked_at,
            _("More time was asked for, until %(after)s.") % values,
            reason=extension.reason,
            who=extension.asked_by.full_name,
        )
        if extension.verdict == Verdict.WAITING:
            return
        sentence = (
            _("Granted: the deadline moved from %(before)s to %(after)s.")
            if extension.verdict == Verdict.ACCEPTED
            else _("Refused: the deadline did not move to %(after)s.")
        )
        yield Entry(
            extension.verdict_at, sentence % values, reason=extension.remark, who=extension.verdict_by.full_name
        )

    def _end(self) -> list[Entry]:
        if not self.is_issued:
            return []
        return [on_day(self.meeting.concluded_on, _("Issued, %(late)s.") % {"late": self.late_words})]
