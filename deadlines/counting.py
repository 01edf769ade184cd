"""Due-date arithmetic: pure functions of dates and a calendar that never read the clock or the database.

Each gives the date together with its working-out: every counted and every skipped day, with the reason and the law.

A limit that runs forward from an event follows the Civil Code: the day of the event is not counted, and a limit in
calendar days that ends on a day off moves to the next working day. A limit that runs backward ("announced at least
7 days ahead") is the last day on which the act is in time. Such a day is not moved when it falls on a day off: moving
it forward would take days from the citizens whom the limit protects, moving it back would call late what is in time.
The working-out then names the last working day before it.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.utils.translation import gettext as _

WORKING_DAYS = "working_days"
CALENDAR_DAYS = "calendar_days"
UNITS = {WORKING_DAYS: "ngày làm việc", CALENDAR_DAYS: "ngày"}

# Ten years of working days; no limit in law is as long, and a mistyped number must not count for minutes.
MAX_NUMBER = 3660
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
ONE_DAY = timedelta(days=1)

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
CIVIL_CODE_2015 = date(2017, 1, 1)
LABOUR_CODE_2019 = date(2021, 1, 1)


class CountError(ValueError):
    """What was asked can't be counted; the text is the sentence the person reads, ``field`` the input it belongs to."""

    def __init__(self, message: str, *, field: str | None = None):
        super().__init__(message)
        self.field = field


def long_date(day: date) -> str:
    """The day as a sentence names it: "thứ Ba, 08/09/2026"."""
    return f"{WEEKDAYS[day.weekday()]}, {day:%d/%m/%Y}"


def law_of_first_day(day: date) -> str:
    """The provision by which the day of the event is not counted, as in force on the day."""
    if day >= CIVIL_CODE_2015:
        return "khoản 3 Điều 147 Bộ luật Dân sự 2015"
    return "khoản 3 Điều 152 Bộ luật Dân sự 2005"


def law_of_last_day(day: date) -> str:
    """The provision by which a limit that ends on a day off moves, as in force on the day."""
    if day >= CIVIL_CODE_2015:
        return "khoản 5 Điều 148 Bộ luật Dân sự 2015"
    return "khoản 5 Điều 153 Bộ luật Dân sự 2005"


def weekly_rest(day: date) -> str:
    """Why a Saturday or Sunday is a day off, by the law in force on the day."""
    article = "Điều 111 Bộ luật Lao động 2019" if day >= LABOUR_CODE_2019 else "Điều 110 Bộ luật Lao động 2012"
    return f"nghỉ hằng tuần ({article})"


@dataclass(frozen=True)
class Calendar:
    """Days that differ from Monday to Friday, each with its reason. No day stands in both mappings.

    ``days_off`` and ``working_days`` may name any day of the week; ``confirmed_years`` are those that somebody checked.
    """

    days_off: Mapping[date, str] = field(default_factory=dict)
    working_days: Mapping[date, str] = field(default_factory=dict)
    confirmed_years: Collection[int] = frozenset()

    def is_day_off(self, day: date) -> bool:
        if day in self.working_days:
            return False
        return day.weekday() >= 5 or day in self.days_off

    def is_working_day(self, day: date) -> bool:
        return not self.is_day_off(day)

    def reason(self, day: date) -> str:
        """Why the day is a day off, or a working day where nobody would expect one; empty for a plain working day."""
        if day in self.working_days:
            return self.working_days[day]
        if day in self.days_off:
            return self.days_off[day]
        return weekly_rest(day) if day.weekday() >= 5 else ""

    def next_working_day(self, day: date) -> date:
        """The day itself, or the first working day after it."""
        while self.is_day_off(day):
            day += ONE_DAY
        return day

    def last_working_day(self, day: date) -> date:
        """The day itself, or the last working day before it."""
        while self.is_day_off(day):
            day -= ONE_DAY
        return day

    @cached_property
    def _closed_weekdays(self) -> list[date]:
        return sorted(day for day in self.days_off if day.weekday() < 5 and day not in self.working_days)

    @cached_property
    def _open_weekends(self) -> list[date]:
        return sorted(day for day in self.working_days if day.weekday() >= 5)


@dataclass(frozen=True)
class Step:
    """One day of a working-out. ``number`` is which counted day it is; ``reason`` says why it is skipped or special."""

    day: date
    is_counted: bool
    number: int | None = None
    reason: str = ""

    def line(self, unit: str) -> str:
        """The day as a sentence."""
        because = f" – {self.reason}" if self.reason else ""
        if self.is_counted:
            return f"{UNITS[unit].capitalize()} thứ {self.number}: {long_date(self.day)}{because}."
        return f"Không tính: {long_date(self.day)}{because}."


@dataclass(frozen=True)
class Count:
    """A worked answer: the date and how it came about."""

    start: date
    number: int
    unit: str
    due_on: date
    steps: tuple[Step, ...]
    provisional_years: tuple[int, ...] = ()
    is_backward: bool = False
    # Only backward: the last working day, where the limit itself is a day off.
    advised_on: date | None = None

    @property
    def is_provisional(self) -> bool:
        """The count crosses a year whose days off nobody has confirmed."""
        return bool(self.provisional_years)

    @property
    def limit(self) -> str:
        """ "10 ngày làm việc"."""
        return f"{self.number} {UNITS[self.unit]}"

    def is_moved_to(self, step: Step) -> bool:
        """Whether the step is the working day to which a limit in calendar days has moved."""
        return step.day == self.due_on and not step.is_counted

    def lines(self) -> list[str]:
        """The working-out as Vietnamese sentences, the last of which names the date."""
        return [text for _kind, text in self.sentences()]

    def sentences(self) -> list[tuple[str, str]]:
        """The lines, each with what it is: the question, a counted or a skipped day, a move, a note, the answer."""
        if self.is_backward:
            first = f"Chậm nhất {self.limit} trước {long_date(self.start)}."
        else:
            first = f"Thời hạn {self.limit} kể từ {long_date(self.start)}."
        found = [("question", first)]
        for step in self.steps:
            if not self.is_moved_to(step):
                found.append(("counted" if step.is_counted else "skipped", step.line(self.unit)))
        found += [("moved", f"Dời: {step.reason}.") for step in self.steps if self.is_moved_to(step)]
        if self.advised_on:
            advice = (
                "Thời hạn tính lùi không dời khi trùng ngày nghỉ, để người dân được báo trước đủ số ngày;"
                f" nên hoàn thành trong ngày làm việc cuối cùng trước đó, {long_date(self.advised_on)}."
            )
            found.append(("note", advice))
        if self.is_provisional:
            years = ", ".join(map(str, self.provisional_years))
            words = f"Tạm tính: lịch nghỉ năm {years} chưa được xác nhận, ngày đến hạn có thể thay đổi."
            found.append(("provisional", words))
        if self.is_backward:
            found.append(("answer", f"Ngày chậm nhất: {long_date(self.due_on)}."))
        else:
            found.append(("answer", f"Ngày đến hạn: hết {long_date(self.due_on)}."))
        return found

    def as_json(self) -> dict:
        """Plain JSON values, for a snapshot; ``from_json`` reads them back."""
        return {
            "start": self.start.isoformat(),
            "number": self.number,
            "unit": self.unit,
            "due_on": self.due_on.isoformat(),
            "is_backward": self.is_backward,
            "advised_on": self.advised_on.isoformat() if self.advised_on else None,
            "provisional_years": list(self.provisional_years),
            "steps": [
                {"day": s.day.isoformat(), "is_counted": s.is_counted, "number": s.number, "reason": s.reason}
                for s in self.steps
            ],
        }

    @classmethod
    def from_json(cls, data: dict) -> "Count":
        """The count that ``as_json`` wrote."""
        advised_on = data.get("advised_on")
        return cls(
            start=date.fromisoformat(data["start"]),
            number=data["number"],
            unit=data["unit"],
            due_on=date.fromisoformat(data["due_on"]),
            is_backward=data.get("is_backward", False),
            advised_on=date.fromisoformat(advised_on) if advised_on else None,
            provisional_years=tuple(data.get("provisional_years", ())),
            steps=tuple(
                Step(date.fromisoformat(s["day"]), s["is_counted"], s["number"], s["reason"]) for s in data["steps"]
            ),
        )


def check(start: date, number: int, unit: str) -> None:
    """Raises ``CountError`` with a sentence when the question makes no sense."""
    if unit not in UNITS:
        raise CountError(_("Days are counted as working days or as calendar days."), field="unit")
    if not isinstance(number, int) or number < 1:
        raise CountError(_("The number of days has to be 1 or more."), field="number")
    if number > MAX_NUMBER:
        raise CountError(_("The number of days can be %(most)s at most.") % {"most": MAX_NUMBER}, field="number")
    if not EARLIEST <= start <= LATEST:
        raise CountError(_("The date has to lie between 01/01/2000 and 31/12/2099."), field="start")


def count(start: date, number: int, unit: str, calendar: Calendar) -> Count:
    """The last day of a limit of ``number`` days that runs from an event on ``start``."""
    check(start, number, unit)
    steps = [Step(start, False, None, f"ngày xảy ra sự kiện ({law_of_first_day(start)})")]
    if unit == WORKING_DAYS:
        steps += _working_steps(start, number, calendar, ONE_DAY)
    else:
        steps += [
            Step(day, True, n, _counted_anyway(day, calendar))
            for n, day in ((n, start + n * ONE_DAY) for n in range(1, number + 1))
        ]
        steps += _steps_to_a_working_day(steps[-1].day, calendar)
    return _answer(start, number, unit, steps, calendar)


def count_back(event: date, number: int, unit: str, calendar: Calendar) -> Count:
    """The last day on which something to be done ``number`` days before ``event`` is in time.

    The day of the event isn't counted; the day found is in time itself: 7 days before Friday 21st is Friday 14th.
    """
    check(event, number, unit)
    steps = [Step(event, False, None, "ngày diễn ra sự kiện, không tính")]
    if unit == WORKING_DAYS:
        steps += _working_steps(event, number, calendar, -ONE_DAY)
    else:
        days = (event - n * ONE_DAY for n in range(1, number + 1))
        steps += [Step(day, True, n, _counted_anyway(day, calendar)) for n, day in enumerate(days, start=1)]
    answer = _answer(event, number, unit, steps, calendar, is_backward=True)
    if calendar.is_day_off(answer.due_on):
        return Count(**{**vars(answer), "advised_on": calendar.last_working_day(answer.due_on)})
    return answer


def working_days_between(after: date, until: date, calendar: Calendar) -> int:
    """Working days in (after, until]; 0 when ``until`` doesn't lie after. Takes no longer for years than for days."""
    if until <= after:
        return 0
    return (
        _weekdays_until(until)
        - _weekdays_until(after)
        - _between(calendar._closed_weekdays, after, until)
        + _between(calendar._open_weekends, after, until)
    )


def _between(days: list[date], after: date, until: date) -> int:
    return bisect_right(days, until) - bisect_right(days, after)


def _weekdays_until(day: date) -> int:
    """Days from Monday to Friday since the calendar's first day, a Monday."""
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * 5 + min(rest, 5)


def _working_steps(start: date, number: int, calendar: Calendar, stride: timedelta) -> Iterator[Step]:
    day, counted = start, 0
    while counted < number:
        day += stride
        if calendar.is_day_off(day):
            yield Step(day, False, None, calendar.reason(day))
        else:
            counted += 1
            yield Step(day, True, counted, calendar.reason(day))


def _counted_anyway(day: date, calendar: Calendar) -> str:
    """In calendar days a day off counts too: the working-out says so, since people doubt it."""
    return f"vẫn tính ngày nghỉ: {calendar.reason(day)}" if calendar.is_day_off(day) else calendar.reason(day)


def _steps_to_a_working_day(last: date, calendar: Calendar) -> Iterator[Step]:
    """Art. 148.5: a limit whose last day is a day off ends with the next working day."""
    law = law_of_last_day(last)
    day = last
    while calendar.is_day_off(day):
        day += ONE_DAY
        if calendar.is_day_off(day):
            yield Step(day, False, None, calendar.reason(day))
        else:
            moved = f"ngày cuối {last:%d/%m/%Y} là ngày nghỉ nên thời hạn kết thúc vào ngày làm việc tiếp theo ({law})"
            yield Step(day, False, None, moved)


def _answer(
    start: date, number: int, unit: str, steps: list[Step], calendar: Calendar, *, is_backward: bool = False
) -> Count:
    due_on = steps[-1].day
    years = range(min(start, due_on).year, max(start, due_on).year + 1)
    return Count(
        start=start,
        number=number,
        unit=unit,
        due_on=due_on,
        steps=tuple(steps),
        provisional_years=tuple(year for year in years if year not in calendar.confirmed_years),
        is_backward=is_backward,
    )
