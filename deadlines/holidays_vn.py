"""Viet Nam's public holidays, compensatory and swapped days, as the ``holidays`` library knows them, with the law.

What the library gets wrong or leaves out is data: rows of ``CalendarDay``, which always come before it.
"""

import re
from datetime import date
from functools import cache

import holidays

from deadlines.counting import EARLIEST, LABOUR_CODE_2019

FIRST_YEAR, LAST_YEAR = EARLIEST.year, 2050

_SWAPPED = re.compile(r"Ngày nghỉ \(thay cho ngày (\d\d/\d\d/\d{4})\)")
_CULTURE_DAY = (11, 24)
# The library's name of the second day before the new year is wrong where the last lunar month has 29 days (2025).
_RENAMED = {"29 Tết": "Nghỉ Tết Nguyên Đán"}


@cache  # Not data: the library's own constants, the same for the life of the process.
def library_days() -> tuple[dict[date, str], dict[date, str]]:
    """(days off, working weekends) with their reasons."""
    # One instance for all years: ``weekend_workdays`` only ever grows, and is complete once every year was filled.
    known = holidays.VN(years=range(FIRST_YEAR, LAST_YEAR + 1), language="vi")
    days_off = {day: _reason(day, name) for day, name in known.items()}
    swapped_for = {_make_up_day(name): day for day, name in known.items() if _SWAPPED.search(name)}
    working = {}
    for day in known.weekend_workdays:
        off = swapped_for.get(day)
        working[day] = f"làm bù cho ngày nghỉ hoán đổi {off:%d/%m/%Y}" if off else "làm bù"
    return days_off, working


def _make_up_day(name: str) -> date:
    day, month, year = _SWAPPED.search(name)[1].split("/")
    return date(int(year), int(month), int(day))


def _reason(day: date, name: str) -> str:
    """The name with the provision that makes the day a day off."""
    names = [_one_reason(day, _RENAMED.get(one, one)) for one in name.split("; ")]
    return "; ".join(dict.fromkeys(names))


def _one_reason(day: date, name: str) -> str:
    swapped = _SWAPPED.search(name)
    if swapped:
        return f"nghỉ hoán đổi, làm bù ngày {swapped[1]}"
    is_new = day >= LABOUR_CODE_2019
    if name.endswith("(nghỉ bù)"):
        law = "khoản 3 Điều 111 Bộ luật Lao động 2019" if is_new else "khoản 3 Điều 115 Bộ luật Lao động 2012"
        return f"{name.removesuffix(' (nghỉ bù)')} (nghỉ bù, {law})"
    if (day.month, day.day) == _CULTURE_DAY:
        return f"{name} (nghỉ từ năm 2026, Nghị quyết số 28/2026/QH16)"
    law = "Điều 112 Bộ luật Lao động 2019" if is_new else "Điều 115 Bộ luật Lao động 2012"
    return f"{name} ({law})"
