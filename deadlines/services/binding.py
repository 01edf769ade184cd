"""Which rules bind a meeting, and the deadline that each gives."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import Locality
from deadlines.counting import Calendar, Count, count, count_back
from deadlines.models import Obligation, Quantity, Regulation, Rule
from deadlines.services.calendar import working_calendar


class _Memo:
    """Every rule, read once, and each count, worked out once."""

    def __init__(self):
        self.rules = list(Rule.objects.select_related("regulation__jurisdiction").order_by("pk"))
        self._counts: dict[tuple, tuple[Count, Calendar]] = {}

    def counted(self, counting: Callable, start: date, number: int, unit: str, calendar: Calendar) -> Count:
        key = (counting, start, number, unit, id(calendar))
        if key not in self._counts:
            # Kept with its calendar: an id is one calendar's only as long as that lives.
            self._counts[key] = (counting(start, number, unit, calendar), calendar)
        return self._counts[key][0]


# Within ``rule_memo``; None outside of it.
_memo: ContextVar[_Memo | None] = ContextVar("rules", default=None)

# Obligations that have to be met before the event, so that their days are counted back from it.
BEFORE_THE_EVENT = frozenset({Obligation.ANNOUNCEMENT})


@dataclass(frozen=True)
class Deadline:
    """What one rule asks, with the date and its working-out."""

    rule: Rule
    law: str
    number: int
    unit: str
    count: Count
    due_on: date


def law_of(rule: Rule) -> str:
    """How a rule is cited: "Điều 43 Luật số 72/2025/QH15"."""
    return " ".join(part for part in (rule.article, rule.regulation.number) if part)


@contextmanager
def rule_memo() -> Iterator[None]:
    """Within it all rules are read once, for whoever asks of thousands of records. A change made in it doesn't show."""
    if _memo.get() is not None:
        yield
        return
    token = _memo.set(_Memo())
    try:
        yield
    finally:
        _memo.reset(token)


def _binds(rule: Rule, *, path: str, level: str, meeting_type: str, obligations: Collection[str], on: date) -> bool:
    regulation = rule.regulation
    return (
        rule.obligation in obligations
        and rule.level in ("", level)
        and rule.meeting_type in ("", meeting_type)
        and path.startswith(regulation.jurisdiction.path)
        and regulation.in_force_from <= on
        and (regulation.in_force_to is None or regulation.in_force_to >= on)
    )


def binding_rules(
    *, locality: Locality, level: str, meeting_type: str, obligations: Collection[str], on: date
) -> list[Rule]:
    """Rules in force on the day that bind such a meeting there."""
    known = _memo.get()
    if known is not None:
        asked = {
            "path": locality.path,
            "level": level,
            "meeting_type": meeting_type,
            "obligations": obligations,
            "on": on,
        }
        return [rule for rule in known.rules if _binds(rule, **asked)]
    return list(
        Rule.objects.filter(
            Q(level="") | Q(level=level),
            Q(meeting_type="") | Q(meeting_type=meeting_type),
            regulation__in=Regulation.objects.binding(locality, on=on),
            obligation__in=obligations,
        )
        .select_related("regulation")
        .order_by("pk")
    )


def deadlines_for(
    *,
    locality: Locality,
    level: str,
    meeting_type: str,
    obligation: str | Collection[str],
    counted_from: date,
) -> list[Deadline]:
    """The deadline of each rule in force on the day of the event, the earliest first: of an obligation, that one counts.

    An announcement is counted back from the meeting, everything else forward from the event. Several obligations are
    asked for in one query.
    """
    calendar = working_calendar(locality)
    deadlines, memo = [], _memo.get()
    obligations = (obligation,) if isinstance(obligation, str) else tuple(obligation)
    rules = binding_rules(
        locality=locality, level=level, meeting_type=meeting_type, obligations=obligations, on=counted_from
    )
    for rule in rules:
        if rule.unit not in (Quantity.WORKING_DAYS, Quantity.CALENDAR_DAYS):
            continue  # A quota of meetings or days has no due date of its own.
        counting = count_back if rule.obligation in BEFORE_THE_EVENT else count
        asked = (counted_from, rule.number, rule.unit, calendar)
        answer = memo.counted(counting, *asked) if memo is not None else counting(*asked)
        deadlines.append(
            Deadline(
                rule=rule, law=law_of(rule), number=rule.number, unit=rule.unit, count=answer, due_on=answer.due_on
            )
        )
    return sorted(deadlines, key=lambda deadline: (deadline.due_on, deadline.rule.pk))
