"""Counting a second time, written separately and slowly: day by day, with its own list of days off.

The list is typed from the published announcements, not taken from the library that the product uses.
"""

from datetime import date, timedelta


def _days(text: str) -> frozenset[date]:
    found = set()
    for line in text.split("\n"):
        year, _colon, days = line.strip().partition(":")
        for span in days.split():
            first, _dash, last = span.partition("-")
            day, end = (date(int(year), *map(int, reversed(one.split("/")))) for one in (first, last or first))
            while day <= end:
                found.add(day)
                day += timedelta(days=1)
    return frozenset(found)


# Weekdays off, year by year (spans may run over weekends, which are off anyway unless worked).
OFF = _days(
    """2019: 1/1 4/2-8/2 15/4 29/4-1/5 2/9
    2020: 1/1 23/1-29/1 2/4 30/4-1/5 2/9
    2021: 1/1 10/2-16/2 21/4 30/4 3/5 2/9-3/9
    2022: 3/1 31/1-4/2 11/4 2/5-3/5 1/9-2/9
    2023: 2/1 20/1-26/1 1/5-3/5 1/9 4/9
    2024: 1/1 8/2-14/2 18/4 29/4-1/5 2/9-3/9
    2025: 1/1 27/1-31/1 7/4 30/4-2/5 1/9-2/9
    2026: 1/1-2/1 16/2-20/2 27/4 30/4-1/5 31/8-2/9 24/11"""
)
WORKED = _days(
    """2019: 5/1 4/5
    2024: 4/5
    2025: 26/4
    2026: 10/1 22/8"""
)
YEARS = range(2019, 2027)


def is_off(day: date) -> bool:
    assert day.year in YEARS, "the reference knows the announced years alone"
    if day in WORKED:
        return False
    return day.isoweekday() in (6, 7) or day in OFF


def after_working_days(start: date, number: int, off=is_off) -> date:
    day = start
    while number:
        day = day + timedelta(1)
        if not off(day):
            number = number - 1
    return day


def after_calendar_days(start: date, number: int, off=is_off) -> date:
    day = start + timedelta(number)
    while off(day):
        day = day + timedelta(1)
    return day
