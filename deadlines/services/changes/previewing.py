"""What applying a change would do: it is done, every open deadline is asked, and all of it is undone."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date

from accounts.errors import ServiceError
from deadlines.models import Change, ChangeKind, ChangeState, Obligation
from deadlines.open_deadlines import PlannedMove, sources
from deadlines.services.binding import rule_memo
from deadlines.services.calendar import calendar_memo
from deadlines.services.changes.operations import carry_out, undone


@dataclass(frozen=True)
class Preview:
    """``moves`` are kept deadlines that would fall on another day; ``live`` those that follow by themselves.

    ``recounted`` keep their day but get a new working-out. ``problem`` says why the change can't be applied any more.
    ``is_early``: a change that was applied before still moves deadlines, and what it has not come to is listed as well.
    """

    moves: list[PlannedMove] = field(default_factory=list)
    live: list[PlannedMove] = field(default_factory=list)
    recounted: int = 0
    problem: str = ""
    is_early: bool = False

    @property
    def all_moves(self) -> list[PlannedMove]:
        return sorted(
            [*self.moves, *self.live],
            key=lambda move: (move.due_on_before, move.unit, move.target_type, move.target_id),
        )

    @property
    def totals(self) -> list[tuple[str, int, int]]:
        """(what is due, how many move to a later day, how many to an earlier one)."""
        later, earlier = Counter(), Counter()
        for move in [*self.moves, *self.live]:
            (later if move.due_on_after > move.due_on_before else earlier)[move.obligation] += 1
        return [
            (label, later[name], earlier[name]) for name, label in Obligation.choices if later[name] or earlier[name]
        ]


def path_of(change: Change) -> str:
    return change.locality.path if change.locality_id else ""


def days_of(change: Change) -> tuple[date, date] | None:
    """The first and the last day of the calendar that the change touches; None for rules, which touch any day."""
    if change.kind != ChangeKind.CALENDAR:
        return None
    days = [date.fromisoformat(day) for operation in change.operations for day in operation["days"]]
    return (min(days), max(days)) if days else None


def last_applied() -> int:
    """Which change was applied last: a page that was opened before it shows what no longer holds."""
    applied = Change.objects.filter(state=ChangeState.APPLIED).order_by("-decided_at", "-pk")
    return applied.values_list("pk", flat=True).first() or 0


def preview(change: Change) -> Preview:
    """What applying the change now would move. Writes nothing."""
    path, days = path_of(change), days_of(change)
    before = live_deadlines(path, days)
    try:
        with undone():
            carry_out(change.operations, actor=change.proposed_by)
            live = moved_live(before, live_deadlines(path, days))
            found = planned_moves(change, follow_rules=change.kind == ChangeKind.RULES)
    except ServiceError as error:
        return Preview(problem=str(error))
    moves = [move for move in found if move.due_on_before != move.due_on_after]
    is_early = Change.objects.unfinished().exists()
    return Preview(moves=moves, live=live, recounted=len(found) - len(moves), is_early=is_early)


def planned_moves(change: Change, *, follow_rules: bool) -> list[PlannedMove]:
    path, days = path_of(change), days_of(change)
    with calendar_memo(), rule_memo():
        return [move for source in sources() for move in source.moves(path=path, days=days, follow_rules=follow_rules)]


def live_deadlines(path: str, days: tuple[date, date] | None) -> dict[tuple[str, int, str], PlannedMove]:
    with calendar_memo(), rule_memo():
        return {
            (source.target_type, *key): one
            for source in sources()
            for key, one in source.live(path=path, days=days).items()
        }


def moved_live(before: dict, after: dict) -> list[PlannedMove]:
    return [
        replace(one, due_on_after=after[key].due_on_after)
        for key, one in before.items()
        if key in after and after[key].due_on_after != one.due_on_before
    ]
