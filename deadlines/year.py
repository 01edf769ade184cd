"""A year of the working calendar as rows to read: what the holidays say, and what decisions changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from accounts.models import Locality, User
from deadlines.counting import WEEKDAYS
from deadlines.holidays_vn import library_days
from deadlines.models import CalendarDay, DayKind
from deadlines.open_deadlines import sources


@dataclass
class YearRow:
    """A day that isn't what its weekday says; ``entry`` is the calendar day that an administrator keeps, if any."""

    day: date
    is_day_off: bool
    reason: str
    entry: CalendarDay | None = None
    may_edit: bool = False
    # A swap that the library of holidays knows and whose decision nobody here has read.
    is_from_library_alone: bool = False

    @property
    def weekday(self) -> str:
        name = WEEKDAYS[self.day.weekday()]
        return name[0].upper() + name[1:]


def year_rows(year: int, entries: Iterable[CalendarDay]) -> list[YearRow]:
    """The year's days off (weekends aside) and working weekends, by day."""
    entries = list(entries)
    changed = {entry.day for entry in entries if entry.locality_id is None}
    days_off, working = library_days()
    swapped = set(working) | {day for day, reason in days_off.items() if reason.startswith("nghỉ hoán đổi")}
    rows = [
        YearRow(day, is_off, reason, is_from_library_alone=day in swapped)
        for days, is_off in ((days_off, True), (working, False))
        for day, reason in days.items()
        if day.year == year and day not in changed
    ]
    rows += [YearRow(entry.day, entry.kind == DayKind.DAY_OFF, entry.name, entry) for entry in entries]
    return sorted(rows, key=lambda row: (row.day, row.entry is not None and row.entry.locality_id is not None))


def days_at(place: Locality):
    """What holds at the place: the country's days, those of the places above it, and its own.

    Not narrowed to what a person may see: every working-out by this place's calendar names them too.
    """
    path = place.path
    above = [path[:end] for end in range(Locality.steplen, len(path) + 1, Locality.steplen)]
    return CalendarDay.objects.filter(Q(locality=None) | Q(locality__path__in=above))


def year_rows_at(year: int, entries: Iterable[CalendarDay]) -> list[YearRow]:
    """The year as it holds at one place, given what holds there: of several entries for a day the nearest one counts."""
    rows: dict[date, YearRow] = {}
    for row in year_rows(year, sorted(entries, key=lambda one: len(one.locality.path) if one.locality else 0)):
        rows[row.day] = row
    return list(rows.values())


def open_deadlines_reaching(year: int, *, user: User) -> int:
    """How many open deadlines that the person may see are due in the year or later."""
    return sum(source.reaching(user=user, day=date(year, 1, 1)) for source in sources())
