"""Which reminders of a deadline should exist by today: a pure function, so that a missed day is made up by itself."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from deadlines.counting import Calendar, working_days_between

# A machine that was off for two weeks makes up for what it missed; what is older has been overtaken by newer reminders.
CATCH_UP_WORKING_DAYS = 10
BEFORE = (3, 1)
ESCALATE_AFTER = 1

ONE_DAY = timedelta(days=1)


class Stage(StrEnum):
    BEFORE = "before"
    DUE = "due"
    LATE = "late"
    ESCALATED = "escalated"


@dataclass(frozen=True)
class PlannedReminder:
    """``days`` is how many working days are left (before) or have passed (late, escalated)."""

    stage: Stage
    for_day: date
    days: int = 0


def reminder_plan(
    due_on: date,
    today: date,
    calendar: Calendar,
    *,
    before: tuple[int, ...] = BEFORE,
    escalate_after: int = ESCALATE_AFTER,
    since: date | None = None,
    catch_up: int = CATCH_UP_WORKING_DAYS,
) -> list[PlannedReminder]:
    """Every reminder that should exist by ``today``, the oldest first, each for a working day of its own.

    ``before`` working days ahead, on the due day (on the last working day before it, where a person set a day off as
    the due date), then daily on working days, with an escalation from ``escalate_after`` working days late. Nothing is
    planned for a day before ``since``, when the matter came up, nor for one older than the last ``catch_up`` working
    days up to today.
    """
    oldest = _window_start(today, calendar, catch_up)
    if since is not None:
        oldest = max(oldest, since)
    planned: dict[date, list[PlannedReminder]] = {}
    day = calendar.last_working_day(due_on)
    planned[day] = [PlannedReminder(Stage.DUE, day)]
    for days in range(1, max(before, default=0) + 1):
        day = calendar.last_working_day(day - ONE_DAY)
        if days in before:
            planned[day] = [PlannedReminder(Stage.BEFORE, day, days)]
    day = max(due_on + ONE_DAY, oldest)
    while day <= today:
        if calendar.is_working_day(day):
            days = working_days_between(due_on, day, calendar)
            planned[day] = [PlannedReminder(Stage.LATE, day, days)]
            if days >= escalate_after:
                planned[day].append(PlannedReminder(Stage.ESCALATED, day, days))
        day += ONE_DAY
    return [reminder for day in sorted(planned) if oldest <= day <= today for reminder in planned[day]]


def _window_start(today: date, calendar: Calendar, working_days: int) -> date:
    day = calendar.last_working_day(today)
    for _ in range(working_days - 1):
        day = calendar.last_working_day(day - ONE_DAY)
    return day
