"""Adding up what is known: nothing known stays nothing, and a rate is taken only where both of its parts are known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reports.models import Bound

MEASURES = ("meetings", "attendances", "speeches", "opinions", "answered")
ABOUT = "about"  # a sum of "at least" and "nearly" is neither


@dataclass(frozen=True)
class Part:
    """What one source says of one level and type of meeting: the live record, or a row of a return.

    ``origin`` is the return's key, or None for meetings recorded one by one.
    """

    level: str = ""
    meeting_type: str = ""
    meetings: int | None = None
    attendances: int | None = None
    speeches: int | None = None
    opinions: int | None = None
    answered: int | None = None
    attendances_bound: str = Bound.EXACT
    opinions_bound: str = Bound.EXACT
    origin: int | None = None

    @property
    def is_empty(self) -> bool:
        return all(getattr(self, name) is None for name in MEASURES)


@dataclass(frozen=True)
class Whole:
    """All parts of one return, and what the return says of them together."""

    origin: int
    parts: tuple[Part, ...]
    total: Part
    given: frozenset[str] = frozenset()  # the measures of which the return itself gives the total


@dataclass(frozen=True)
class Sum:
    """What is known, added up. None: nothing is known. ``partial`` names the measures of which a part is unknown."""

    meetings: int | None = None
    attendances: int | None = None
    speeches: int | None = None
    opinions: int | None = None
    answered: int | None = None
    attendances_bound: str = Bound.EXACT
    opinions_bound: str = Bound.EXACT
    partial: frozenset[str] = field(default_factory=frozenset)
    # The opinions of the sources that also say how many were answered, and how many of those were.
    rated_opinions: int | None = None
    rated_answered: int | None = None

    @property
    def answered_share(self) -> float | None:
        return self.rated_answered / self.rated_opinions if self.rated_opinions else None

    def as_json(self) -> dict[str, int | None]:
        return {name: getattr(self, name) for name in MEASURES}


NOTHING_HAPPENED = Sum(meetings=0, attendances=0, speeches=0, opinions=0, answered=0)


def join_bounds(bounds: Iterable[str]) -> str:
    """The bound of a sum."""
    loose = set(bounds) - {Bound.EXACT}
    if not loose:
        return Bound.EXACT
    return loose.pop() if len(loose) == 1 else ABOUT


def add(parts: Sequence[Part], wholes: Iterable[Whole] = ()) -> Sum:
    """Adds the parts. Where all parts of a return are there, its own total speaks for them, with its own bound."""
    spoken_for = [whole for whole in wholes if whole.parts and all(part in parts for part in whole.parts)]

    def chosen_for(measure: str) -> list[Part]:
        speaking = {whole.origin: whole.total for whole in spoken_for if measure in whole.given}
        return [part for part in parts if part.origin not in speaking] + list(speaking.values())

    known: dict[str, int | None] = {}
    bounds: dict[str, str] = {}
    partial = set()
    for name in MEASURES:
        chosen = chosen_for(name)
        values = [getattr(part, name) for part in chosen]
        known_values = [value for value in values if value is not None]
        known[name] = sum(known_values) if known_values else None
        if known_values and len(known_values) < len(values):
            partial.add(name)
        bounds[name] = join_bounds(
            getattr(part, f"{name}_bound", Bound.EXACT) for part in chosen if getattr(part, name) is not None
        )
    rated = [part for part in chosen_for("answered") if part.opinions is not None and part.answered is not None]
    return Sum(
        **known,
        attendances_bound=bounds["attendances"],
        opinions_bound=bounds["opinions"],
        partial=frozenset(partial),
        rated_opinions=sum(p.opinions for p in rated) if rated else None,
        rated_answered=sum(p.answered for p in rated) if rated else None,
    )
