"""The working calendar of a place: the library's holidays, corrected by the calendar days of the country and the place."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import date

from django.db.models import CharField, DateField, Q, Value

from accounts.models import Locality
from deadlines.counting import Calendar, working_days_between
from deadlines.holidays_vn import library_days
from deadlines.models import CalendarDay, CalendarYear, DayKind

_STEPLEN = Locality.steplen
# The (day, kind, reason) of each place's own days by its path, "" for the country's; and the confirmed years.
_Rows = tuple[dict[str, list[tuple]], frozenset[int]]


class _Memo:
    """Calendars already built in this request or sweep.

    The first places asked for are fetched alone. Whoever then asks for another is going through a list, place by place:
    everything below what they have in common is fetched with one query, so that the queries don't grow with the rows.
    """

    def __init__(self):
        self.clear()

    def clear(self) -> None:
        self.calendars: dict[str, Calendar] = {}
        self._shared: dict[tuple[str, ...], Calendar] = {}
        self._below: str | None = None
        self._rows: _Rows = ({}, frozenset())

    def ask(self, paths: set[str]) -> None:
        missing = paths - self.calendars.keys()
        if missing:
            self.calendars.update(_build(missing, *self._rows_for(missing), self._shared))

    def _rows_for(self, missing: set[str]) -> _Rows:
        local = {path for path in missing if path}
        known = {path for path in self.calendars if path}
        if self._below is None and not (local and known):
            return _rows(missing)
        if self._below is None or not all(path.startswith(self._below) for path in local):
            self._below = _common(local | known)
            self._rows = _rows(missing | known, below=self._below)
        return self._rows


# None outside of a request or sweep. Never kept longer: an administrator's change has to hold at once in every process.
_memo: ContextVar[_Memo | None] = ContextVar("working_calendars", default=None)


@contextmanager
def calendar_memo() -> Iterator[None]:
    """Within it each place's calendar is fetched once. Requests are wrapped in it; sweeps wrap themselves."""
    token = _memo.set(_Memo())
    try:
        yield
    finally:
        _memo.reset(token)


def forget_calendars() -> None:
    """To be called by whatever changes a calendar day or confirms a year."""
    memo = _memo.get()
    if memo is not None:
        memo.clear()


def working_calendar(locality: Locality | None = None) -> Calendar:
    """The calendar of the place, of the whole country without one. One query, none when asked again in a request."""
    return working_calendars([locality])[locality.path if locality else ""]


def working_calendars(localities: Iterable[Locality | None]) -> dict[str, Calendar]:
    """The calendars of many places by the path of each, "" for the country's; one query for all of them."""
    paths = {locality.path if locality else "" for locality in localities}
    memo = _memo.get() or _Memo()
    memo.ask(paths)
    return {path: memo.calendars[path] for path in paths}


def confirmed_years() -> Collection[int]:
    """The years that somebody has confirmed. No query where any calendar has been asked for in the request."""
    memo = _memo.get()
    known = memo.calendars if memo else {}
    calendar = next(iter(known.values())) if known else working_calendar()
    return calendar.confirmed_years


def as_of_now(answer):
    """A stored working-out (anything with ``provisional_years``) without the years confirmed since it was made."""
    if not answer.provisional_years:
        return answer
    confirmed = confirmed_years()
    still = tuple(year for year in answer.provisional_years if year not in confirmed)
    return answer if still == answer.provisional_years else replace(answer, provisional_years=still)


def calendar_without(calendar_day: CalendarDay) -> Calendar:
    """What the place's calendar would be without the entry."""
    path = calendar_day.locality.path if calendar_day.locality_id else ""
    return _build({path}, *_rows({path}, leave_out=calendar_day.pk), {})[path]


def is_working_day(day: date, *, locality: Locality | None = None) -> bool:
    return working_calendar(locality).is_working_day(day)


def working_days_late(due_on: date, on: date, *, locality: Locality | None = None) -> int:
    """How many working days late something done (or still undone) ``on`` the day is; 0 when it is in time.

    Late is late: done on the Saturday after a Friday's limit, no working day has passed, and it counts as one.
    """
    if on <= due_on:
        return 0
    return max(1, working_days_between(due_on, on, working_calendar(locality)))


def _build(
    paths: set[str],
    rows: dict[str, list[tuple]],
    confirmed: frozenset[int],
    shared: dict[tuple[str, ...], Calendar],
) -> dict[str, Calendar]:
    """Places without days of their own share the calendar above them: a sweep over all communes keeps a few."""
    built = {}
    for path in paths:
        holders = tuple(one for one in _at_and_above(path) if one in rows)
        if holders not in shared:
            # A place's own day comes after, and so before, that of the place above it.
            shared[holders] = _calendar([row for holder in holders for row in rows[holder]], confirmed)
        built[path] = shared[holders]
    return built


def _at_and_above(path: str) -> list[str]:
    """The country, and every place from the top of the tree down to the place itself."""
    return [path[:end] for end in range(0, len(path) + 1, _STEPLEN)]


def _common(paths: set[str]) -> str:
    """The path of the nearest place that holds them all, "" where there is none."""
    first, *others = paths
    return next(above for above in reversed(_at_and_above(first)) if all(path.startswith(above) for path in others))


def _rows(paths: set[str], *, below: str | None = None, leave_out: int | None = None) -> _Rows:
    """The calendar days that concern the places and the confirmed years, in one query.

    With ``below`` of everything below that place too.
    """
    holders = {above for path in paths for above in _at_and_above(path)}
    concerned = Q(locality=None) | Q(locality__path__in=holders)
    if below is not None:
        concerned |= Q(locality__path__startswith=below)
    days = (
        CalendarDay.objects.filter(concerned)
        .exclude(pk=leave_out)
        .order_by()
        .values_list(
            "day", "kind", "name", "decision_number", "decision_date", "locality__path", "locality__name", Value(0)
        )
    )
    years = CalendarYear.objects.order_by().values_list(
        Value(None, output_field=DateField()),
        Value("", output_field=CharField()),
        Value("", output_field=CharField()),
        Value("", output_field=CharField()),
        Value(None, output_field=DateField()),
        Value("", output_field=CharField()),
        Value("", output_field=CharField()),
        "year",
    )
    rows: dict[str, list[tuple]] = {}
    confirmed = set()
    for day, kind, name, number, decided_on, path, place, year in days.union(years, all=True):
        if day is None:
            confirmed.add(year)
        else:
            rows.setdefault(path or "", []).append((day, kind, _reason(name, number, decided_on, place)))
    return rows, frozenset(confirmed)


def _calendar(rows: list[tuple], confirmed: frozenset[int]) -> Calendar:
    """The library's days, corrected by the rows of the country first and of the place itself last."""
    days_off, working = (dict(days) for days in library_days())
    for day, kind, reason in rows:
        mine, other = (days_off, working) if kind == DayKind.DAY_OFF else (working, days_off)
        mine[day] = reason
        other.pop(day, None)
    return Calendar(days_off, working, confirmed)


def _reason(name: str, number: str, decided_on: date | None, place: str | None) -> str:
    """Why the day differs, by which decision and, where it doesn't hold in the whole country, in which place."""
    because = [f"chỉ tại {place}"] if place else []
    if number:
        because.append(f"theo {number}" + (f" ngày {decided_on:%d/%m/%Y}" if decided_on else ""))
    return f"{name} ({', '.join(because)})" if because else name
