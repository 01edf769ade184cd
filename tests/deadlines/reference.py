"""Counting a second time, written separately and slowly: day by day, with its own list of days off.

The list is typed from the published announcements (2014–2026) and from the law alone for the years whose announcements
are still to come (2027–2030), not taken from the library that the product uses.
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
    """2014: 1/1 28/1-5/2 9/4 30/4-2/5 1/9-2/9
    2015: 1/1-2/1 16/2-23/2 28/4-1/5 2/9
    2016: 1/1 8/2-12/2 18/4 2/5-3/5 2/9
    2017: 2/1 26/1-1/2 6/4 1/5-2/5 4/9
    2018: 1/1 14/2-20/2 25/4 30/4-1/5 3/9 31/12
    2019: 1/1 4/2-8/2 15/4 29/4-1/5 2/9
    2020: 1/1 23/1-29/1 2/4 30/4-1/5 2/9
    2021: 1/1 10/2-16/2 21/4 30/4 3/5 2/9-3/9
    2022: 3/1 31/1-4/2 11/4 2/5-3/5 1/9-2/9
    2023: 2/1 20/1-26/1 1/5-3/5 1/9 4/9
    2024: 1/1 8/2-14/2 18/4 29/4-1/5 2/9-3/9
    2025: 1/1 27/1-31/1 7/4 30/4-2/5 1/9-2/9
    2026: 1/1-2/1 16/2-20/2 27/4 30/4-1/5 31/8-2/9 24/11
    2027: 1/1 4/2-10/2 16/4 30/4 3/5 2/9-3/9 24/11
    2028: 3/1 24/1-28/1 4/4 1/5-2/5 1/9 4/9 24/11
    2029: 1/1 12/2-16/2 23/4 30/4-1/5 3/9-4/9 26/11
    2030: 1/1 31/1-6/2 12/4 30/4-1/5 2/9-3/9 25/11"""
)
WORKED = _days(
    """2014: 25/1 8/2 26/4 6/9 27/12
    2015: 14/2 25/4
    2019: 5/1 4/5
    2024: 4/5
    2025: 26/4
    2026: 10/1 22/8"""
)
# 2027–2030 are what the law gives without any decision: good for counting by, no announcement to be held to.
YEARS = range(2014, 2031)
ANNOUNCED = range(2014, 2027)


def is_off(day: date) -> bool:
    assert day.year in YEARS, "the reference doesn't know the year"
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


def before_working_days(event: date, number: int, off=is_off) -> date:
    day = event
    while number:
        day = day - timedelta(1)
        if not off(day):
            number = number - 1
    return day


def working_days_passed(after: date, until: date, off=is_off) -> int:
    """Working days from the day after the first to the second."""
    passed, day = 0, after
    while day < until:
        day = day + timedelta(1)
        if not off(day):
            passed = passed + 1
    return passed
