"""A deadline's whole history in words: the first date with its law, what was asked and decided, every move.

Pages include ``deadlines/_history.html`` with ``entries``; the deadline sheet prints the same entries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from deadlines.clock import VIETNAM
from deadlines.models import Move, MoveCause


@dataclass(frozen=True)
class Entry:
    """One thing that happened to a deadline. ``has_time`` is false where only the day is known."""

    at: datetime
    sentence: str
    reason: str = ""
    who: str = ""
    has_time: bool = True
    change_id: int | None = None
    change_title: str = ""

    @property
    def day(self) -> date:
        return self.at.astimezone(VIETNAM).date()


def dmy(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def on_day(day: date, sentence: str, **rest) -> Entry:
    """Something of which the hour isn't known; it stands before what happened later that day."""
    return Entry(datetime.combine(day, time(), tzinfo=VIETNAM), sentence, has_time=False, **rest)


def first_date(*, at: datetime | date, due_on: date, law: str, who: str = "") -> Entry:
    """How the history begins: the date that the rule gave."""
    sentence = _("The first date was %(date)s.") % {"date": dmy(due_on)}
    if isinstance(at, datetime):
        return Entry(at, sentence, reason=law, who=who)
    return on_day(at, sentence, reason=law, who=who)


def of_moves(moves: Iterable[Move], *, leave_out: Iterable[str] = ()) -> list[Entry]:
    """Each move in words. ``leave_out`` names causes of which the record tells more itself (an extension's request)."""
    return [_of_move(move) for move in moves if move.cause not in set(leave_out)]


def _of_move(move: Move) -> Entry:
    values = {
        "before": dmy(move.due_on_before),
        "after": dmy(move.due_on_after),
        "cause": MoveCause(move.cause).label,
    }
    if move.due_on_before == move.due_on_after:
        sentence = _("%(cause)s: the date stays %(after)s.") % values
    else:
        sentence = _("%(cause)s: the date moved from %(before)s to %(after)s.") % values
    return Entry(
        at=move.at,
        sentence=sentence,
        reason=move.reason,
        who=move.actor.full_name if move.actor_id else "",
        change_id=move.change_id,
        change_title=move.change.title if move.change_id else "",
    )


def in_order(*parts: Iterable[Entry]) -> list[Entry]:
    """The oldest first; what happened at one moment keeps the order of the parts."""
    return sorted((entry for part in parts for entry in part), key=lambda entry: entry.at)
