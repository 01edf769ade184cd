"""A year of the working calendar as rows to read: what the holidays say, and what decisions changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from deadlines.counting import WEEKDAYS
from deadlines.holidays_vn import library_days
from deadlines.models import CalendarDay, DayKind


@dataclass
class YearRow:
    """A day that isn't what its weekday says; ``entry`` is the calendar day that an administrator keeps, if any."""

    day: date
    is_day_off: bool
    reason: str
    entry: CalendarDay | None = None
    may_edit: bool = False

    @property
    def weekday(self) -> str:
        name = WEEKDAYS[self.day.weekday()]
        return name[0].upper() + name[1:]


def year_rows(year: int, entries: Iterable[CalendarDay]) -> list[YearRow]:
    """The year's days off (weekends aside) and working weekends, by day."""
    entries = list(entries)
    changed = {entry.day for entry in entries if entry.locality_id is None}
    days_off, working = library_days()
    rows = [
        YearRow(day, is_off, reason)
        for days, is_off in ((days_off, True), (working, False))
        for day, reason in days.items()
        if day.year == year and day not in changed
    ]
    rows += [YearRow(entry.day, entry.kind == DayKind.DAY_OFF, entry.name, entry) for entry in entries]
    return sorted(rows, key=lambda row: (row.day, row.entry is not None and row.entry.locality_id is not None))
