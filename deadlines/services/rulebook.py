"""The rules of many places at once: one query, then answers from memory."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from accounts.models import Locality
from deadlines.models import Rule
from deadlines.services.binding import law_of

_STEPLEN = Locality.steplen


@dataclass(frozen=True)
class BookedRule:
    """What a rule asks, with the place it binds and the days on which it is in force."""

    pk: int
    obligation: str
    level: str
    meeting_type: str
    number: int
    unit: str
    law: str
    path: str
    in_force_from: date
    in_force_to: date | None

    def is_in_force(self, on: date) -> bool:
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)


@dataclass
class Rulebook:
    """The rules of some obligations, by the place whose regulation they stand in."""

    _by_path: dict[str, list[BookedRule]]
    _memo: dict[tuple, tuple[BookedRule, ...]] = field(default_factory=dict)

    def holders(self, path: str) -> tuple[str, ...]:
        """The places at and above the path that have rules: places with the same ones are bound alike."""
        ends = range(_STEPLEN, len(path) + 1, _STEPLEN)
        return tuple(above for end in ends if (above := path[:end]) in self._by_path)

    def of(self, holders: tuple[str, ...], *, level: str, obligation: str, on: date | None = None) -> tuple:
        """The rules that bind the level there, on the day or on any; those for every level included."""
        key = (holders, level, obligation, on)
        if key not in self._memo:
            self._memo[key] = tuple(
                rule
                for path in holders
                for rule in self._by_path[path]
                if rule.obligation == obligation and rule.level in ("", level) and (on is None or rule.is_in_force(on))
            )
        return self._memo[key]


def rulebook(obligations: Iterable[str], *, first: date, last: date, locality: Locality | None = None) -> Rulebook:
    """The rules in force on some of the days, of every place or of those that bind the locality; one query."""
    chosen = Rule.objects.filter(obligation__in=list(obligations), regulation__in_force_from__lte=last).filter(
        Q(regulation__in_force_to=None) | Q(regulation__in_force_to__gte=first)
    )
    if locality is not None:
        ends = range(_STEPLEN, len(locality.path) + 1, _STEPLEN)
        chosen = chosen.filter(regulation__jurisdiction__path__in=[locality.path[:end] for end in ends])
    by_path: dict[str, list[BookedRule]] = defaultdict(list)
    for rule in chosen.select_related("regulation__jurisdiction").order_by("pk"):
        path = rule.regulation.jurisdiction.path
        by_path[path].append(
            BookedRule(
                pk=rule.pk,
                obligation=rule.obligation,
                level=rule.level,
                meeting_type=rule.meeting_type,
                number=rule.number,
                unit=rule.unit,
                law=law_of(rule),
                path=path,
                in_force_from=rule.regulation.in_force_from,
                in_force_to=rule.regulation.in_force_to,
            )
        )
    return Rulebook(dict(by_path))
