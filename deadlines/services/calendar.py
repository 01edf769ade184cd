"""The working calendar of a place: the library's holidays, corrected by the calendar days of the country and the place."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date

from django.db.models import CharField, DateField, Q, Value

from accounts.models import Locality
from deadlines.counting import Calendar, working_days_between
from deadlines.holidays_vn import library_days
from deadlines.models import CalendarDay, CalendarYear, DayKind

# Calendars already built in this request or sweep; None outside of one. Never kept longer: an administrator's change
# has to hold at once in every process.
_memo: ContextVar[dict[str, Calendar] | None] = ContextVar("working_calendars", default=None)

_STEPLEN = Locality.steplen


@contextmanager
def calendar_memo() -> Iterator[None]:
    """Within it each place's calendar is fetched once. Requests are wrapped in it; sweeps wrap themselves."""
    token = _memo.set({})
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
    memo = _memo.get()
    known = {} if memo is None else memo
    missing = paths - set(known)
    if missing:
        built = _build(missing)
        known.update(built)
    return {path: known[path] for path in paths}


def calendar_without(calendar_day: CalendarDay) -> Calendar:
    """What the place's calendar would be without the entry."""
    path = calendar_day.locality.path if calendar_day.locality_id else ""
    rows, confirmed = _rows({path}, leave_out=calendar_day.pk)
    return _calendar(rows, confirmed)


def is_working_day(day: date, *, locality: Locality | None = None) -> bool:
    return working_calendar(locality).is_working_day(day)


def working_days_late(due_on: date, on: date, *, locality: Locality | None = None) -> int:
    """How many working days late something done (or still undone) ``on`` the day is; 0 when it is in time.

    Late is late: done on the Saturday after a Friday's limit, no working day has passed, and it counts as one.
    """
    if on <= due_on:
        return 0
    return max(1, working_days_between(due_on, on, working_calendar(locality)))


def _build(paths: set[str]) -> dict[str, Calendar]:
    """Places without days of their own share the calendar above them: a sweep over all communes keeps a few."""
    rows, confirmed = _rows(paths)
    holders = sorted({row[0] for row in rows} | {""})
    shared: dict[tuple[str, ...], Calendar] = {}
    built = {}
    for path in paths:
        above = tuple(holder for holder in holders if path.startswith(holder))
        if above not in shared:
            shared[above] = _calendar([row for row in rows if row[0] in above], confirmed)
        built[path] = shared[above]
    return built


def _rows(paths: set[str], *, leave_out: int | None = None) -> tuple[list[tuple], frozenset[int]]:
    """(path, day, kind, reason) of the calendar days that concern the places, and the confirmed years, in one query."""
    holders = {path[:end] for path in paths for end in range(_STEPLEN, len(path) + 1, _STEPLEN)}
    days = (
        CalendarDay.objects.filter(Q(locality=None) | Q(locality__path__in=holders))
        .exclude(pk=leave_out)
        .order_by()
        .values_list("day", "kind", "name", "decision_number", "decision_date", "locality__path", Value(0))
    )
    years = CalendarYear.objects.order_by().values_list(
        Value(None, output_field=DateField()),
        Value("", output_field=CharField()),
        Value("", output_field=CharField()),
        Value("", output_field=CharField()),
        Value(None, output_field=DateField()),
        Value("", output_field=CharField()),
        "year",
    )
    rows, confirmed = [], set()
    for day, kind, name, number, decided_on, path, year in days.union(years, all=True):
        if day is None:
            confirmed.add(year)
        else:
            rows.append((path or "", day, kind, _reason(name, number, decided_on)))
    # A place's own day comes after, and so before, that of the place above it.
    return sorted(rows, key=lambda row: (len(row[0]), row[1])), frozenset(confirmed)


def _calendar(rows: list[tuple], confirmed: frozenset[int]) -> Calendar:
    days_off, working = (dict(days) for days in library_days())
    for _path, day, kind, reason in rows:
        mine, other = (days_off, working) if kind == DayKind.DAY_OFF else (working, days_off)
        mine[day] = reason
        other.pop(day, None)
    return Calendar(days_off, working, confirmed)


def _reason(name: str, number: str, decided_on: date | None) -> str:
    if not number:
        return name
    dated = f" ngày {decided_on:%d/%m/%Y}" if decided_on else ""
    return f"{name} (theo {number}{dated})"
