"""Deadlines that are still open, as seen from the floor below the records that have them.

The apps above plug a source in for each sort of record when the project starts, so that a change of the calendar or the
rules can show, and then move, every open deadline without this app knowing meetings or assignments.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from accounts.models import User
from deadlines.models import Change


@dataclass(frozen=True)
class PlannedMove:
    """An open deadline that falls on another day by the calendar and the rules as they are now.

    ``title`` says in Vietnamese what is due, ``unit`` who has to act; ``obligation`` is one of ``models.Obligation``.
    """

    target_type: str
    target_id: int
    obligation: str
    title: str
    unit: str
    url: str
    due_on_before: date
    due_on_after: date


@dataclass(frozen=True)
class Described:
    """A record with a deadline as other pages name it, and the ids of the people whom its deadline concerns."""

    title: str
    unit: str
    url: str
    people: tuple[int, ...] = ()


class Source(Protocol):
    """One sort of record with deadlines."""

    target_type: str
    # Of ``models.Matter``: what its records are reminded of.
    matters: frozenset[str]
    # Those of ``models.Obligation`` whose deadlines are worked out whenever they are asked for.
    live_obligations: frozenset[str]

    def moves(self, *, path: str, days: tuple[date, date] | None, follow_rules: bool) -> Iterator[PlannedMove]:
        """Open deadlines below ``path`` ("" for all) that the calendar and the rules of now would put on another day.

        One that keeps its day while its working-out changes comes with that same day before and after.

        ``days`` narrows it to deadlines whose count meets one of the days from the first to the last that changed. With
        ``follow_rules`` the rules are read anew; without, what bound the record is counted again by the calendar. A date
        that a leader set by hand, an extension included, stays.
        """
        ...

    def move(self, planned: PlannedMove, *, change: Change) -> Iterable[int]:
        """Locks the record, works its deadline out again, writes it with its move; the ids of the people to tell.

        Empty when there was nothing left to move: doing it again does nothing. Of a live deadline there is nothing to
        write but that everybody has to be reminded anew.
        """
        ...

    def live(self, *, path: str, days: tuple[date, date] | None) -> dict[tuple[int, str], PlannedMove]:
        """Open deadlines that are never stored, by (record, obligation): they follow the calendar and rules by themselves.

        Each comes with the day that holds now, before and after alike: who asks twice sees what moved in between.
        """
        ...

    def reaching(self, *, user: User, day: date) -> int:
        """How many open deadlines that the person may see are due on the day or after it; one query."""
        ...

    def described(self, *, obligation: str, ids: list[int]) -> dict[int, Described]:
        """How the records' deadlines are named and whom they concern, in a fixed number of queries."""
        ...

    def worked_answers(self, *, matter: str, ids: list[int]) -> dict[int, list[str]]:
        """The working-out of each record's deadline as sentences (``Count.lines()``), in a fixed number of queries."""
        ...


_sources: dict[str, Source] = {}


def plug(source: Source) -> None:
    _sources[source.target_type] = source


def sources() -> list[Source]:
    return list(_sources.values())


def source_of(target_type: str) -> Source:
    return _sources[target_type]
