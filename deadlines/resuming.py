"""A limit whose clock stood still, counted on: pure like ``deadlines.counting``, whose Count it continues.

The day on which the clock stops is not counted any more; the day on which it runs again is counted. What was left in
working days is left again: stopping and starting on one day changes nothing, and a clock that stood still for k working
days moves the last day by k working days.
"""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from deadlines.counting import (
    ONE_DAY,
    UNITS,
    WORKING_DAYS,
    Calendar,
    CountError,
    Step,
    long_date,
    working_days_between,
)

STOPPED = "thời hạn đang tạm dừng"


@dataclass(frozen=True)
class Resumption:
    """A worked answer: when the clock stood still, what was left, and every day since it stopped."""

    paused_on: date
    resumed_on: date
    due_on_before: date
    days_paused: int
    days_left: int
    due_on: date
    steps: tuple[Step, ...]
    provisional_years: tuple[int, ...] = ()

    @property
    def is_provisional(self) -> bool:
        return bool(self.provisional_years)

    def lines(self) -> list[str]:
        """The working-out as Vietnamese sentences, the last of which names the date."""
        unit = UNITS[WORKING_DAYS]
        lines = [
            f"Thời hạn tạm dừng từ {long_date(self.paused_on)} khi còn {self.days_left} {unit},"
            f" tính tiếp từ {long_date(self.resumed_on)}: {self.days_paused} {unit} không tính vào thời hạn.",
            *(step.line(WORKING_DAYS) for step in self.steps),
        ]
        if self.is_provisional:
            years = ", ".join(map(str, self.provisional_years))
            lines.append(f"Tạm tính: lịch nghỉ năm {years} chưa được xác nhận, ngày đến hạn có thể thay đổi.")
        return [*lines, f"Ngày đến hạn: hết {long_date(self.due_on)}."]

    def as_json(self) -> dict:
        """Plain JSON values; ``from_json`` reads them back."""
        return {
            "paused_on": self.paused_on.isoformat(),
            "resumed_on": self.resumed_on.isoformat(),
            "due_on_before": self.due_on_before.isoformat(),
            "days_paused": self.days_paused,
            "days_left": self.days_left,
            "due_on": self.due_on.isoformat(),
            "provisional_years": list(self.provisional_years),
            "steps": [
                {"day": s.day.isoformat(), "is_counted": s.is_counted, "number": s.number, "reason": s.reason}
                for s in self.steps
            ],
        }

    @classmethod
    def from_json(cls, data: dict) -> "Resumption":
        return cls(
            paused_on=date.fromisoformat(data["paused_on"]),
            resumed_on=date.fromisoformat(data["resumed_on"]),
            due_on_before=date.fromisoformat(data["due_on_before"]),
            days_paused=data["days_paused"],
            days_left=data["days_left"],
            due_on=date.fromisoformat(data["due_on"]),
            provisional_years=tuple(data.get("provisional_years", ())),
            steps=tuple(
                Step(date.fromisoformat(s["day"]), s["is_counted"], s["number"], s["reason"]) for s in data["steps"]
            ),
        )


def later_by(day: date, working_days: int, calendar: Calendar) -> date:
    """The day moved on by so many working days; 0 leaves it where it is, a day off included."""
    while working_days > 0:
        day += ONE_DAY
        working_days -= calendar.is_working_day(day)
    return day


def resume(paused_on: date, resumed_on: date, due_on: date, calendar: Calendar) -> Resumption:
    """The due day of a limit that stood still from ``paused_on`` until ``resumed_on`` and had been due ``due_on``."""
    if resumed_on < paused_on:
        raise CountError(_("The clock can't run again before the day on which it was stopped."), field="resumed_on")
    days_paused = working_days_between(paused_on - ONE_DAY, resumed_on - ONE_DAY, calendar)
    new = later_by(due_on, days_paused, calendar)
    steps, counted, day = [], 0, paused_on
    while day <= new:
        if calendar.is_day_off(day):
            steps.append(Step(day, False, None, calendar.reason(day)))
        elif day < resumed_on:
            steps.append(Step(day, False, None, STOPPED))
        else:
            counted += 1
            steps.append(Step(day, True, counted, calendar.reason(day)))
        day += ONE_DAY
    return Resumption(
        paused_on=paused_on,
        resumed_on=resumed_on,
        due_on_before=due_on,
        days_paused=days_paused,
        days_left=working_days_between(paused_on - ONE_DAY, due_on, calendar),
        due_on=new,
        steps=tuple(steps),
        provisional_years=tuple(
            year for year in range(paused_on.year, max(paused_on, new).year + 1) if year not in calendar.confirmed_years
        ),
    )
