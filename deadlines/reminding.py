"""Which reminders of a deadline should exist by a day: pure functions, so that a missed day is made up by itself."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from deadlines.counting import Calendar, working_days_between
from deadlines.models import Recipient, Stage

# A machine that was off for two weeks makes up for what it missed; what is older has been overtaken by newer reminders.
CATCH_UP_WORKING_DAYS = 10
# The most working days that a step may lie before or after the due day.
FURTHEST_STEP = 60

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Step:
    """So many working days before or after the due day, to whom; late steps once or daily from then on."""

    stage: Stage
    working_days: int = 0
    repeats_daily: bool = False
    recipient: Recipient = Recipient.UNIT


@dataclass(frozen=True, slots=True)
class Schedule:
    """When whom to remind; ``at`` is the local time of day from which a day's reminders are written."""

    steps: tuple[Step, ...]
    at: time = time(8, 0)

    @property
    def days_ahead(self) -> int:
        """How many working days before the due day the first reminder comes."""
        return max((step.working_days for step in self.steps if step.stage == Stage.BEFORE), default=0)


DEFAULT_SCHEDULE = Schedule(
    steps=(
        Step(Stage.BEFORE, 3),
        Step(Stage.BEFORE, 1),
        Step(Stage.DUE),
        Step(Stage.LATE, 1, repeats_daily=True),
        Step(Stage.LATE, 2, recipient=Recipient.SUPERIOR_LEADER),
        Step(Stage.LATE, 5, recipient=Recipient.SECOND_SUPERIOR_LEADER),
        Step(Stage.LATE, 5, recipient=Recipient.SUPERVISOR),
    ),
)


@dataclass(frozen=True, slots=True)
class PlannedReminder:
    """``days`` is how many working days are left (before) or have passed (late) on the day."""

    stage: Stage
    for_day: date
    days: int = 0
    recipient: Recipient = Recipient.UNIT


def horizon(schedule: Schedule, on: date, calendar: Calendar) -> date:
    """The latest due day of which something has to be said by ``on``."""
    day = on
    for _step in range(schedule.days_ahead):
        day = calendar.next_working_day(day + ONE_DAY)
    # A due day that somebody set on a day off is spoken of on the last working day before it.
    return calendar.next_working_day(day + ONE_DAY) - ONE_DAY


def reminder_plan(
    due_on: date,
    until_day: date,
    calendar: Calendar,
    schedule: Schedule = DEFAULT_SCHEDULE,
    *,
    since: date | None = None,
    after: date | None = None,
    catch_up: int = CATCH_UP_WORKING_DAYS,
) -> list[PlannedReminder]:
    """Every reminder that should exist by ``until_day``, the oldest first, each for a working day.

    On the due day means on the last working day up to it, where a person set a day off; the days before are counted
    from there. ``since`` is the day on which the matter came up or its due day was last moved: nothing is planned for a
    day before it. Nor is anything for a day up to ``after``, when everybody has been told already, or older than the
    last ``catch_up`` working days. But who is told once that a matter is late is told however long ago that should have
    been: nothing newer has taken the place of that message.
    """
    oldest = _window_start(until_day, calendar, catch_up)
    planned: set[PlannedReminder] = set()
    on_the_day = calendar.last_working_day(due_on)
    for step in schedule.steps:
        if step.stage == Stage.DUE:
            planned.add(PlannedReminder(Stage.DUE, on_the_day, 0, step.recipient))
        elif step.stage == Stage.BEFORE:
            day = _working_days_before(on_the_day, step.working_days, calendar)
            planned.add(PlannedReminder(Stage.BEFORE, day, step.working_days, step.recipient))
    wanted = {one for one in planned if oldest <= one.for_day <= until_day and (since is None or one.for_day >= since)}
    if due_on < until_day:
        wanted |= _late(due_on, until_day, calendar, schedule, oldest, since)
    if after is not None:
        wanted = {one for one in wanted if one.for_day > after}
    return sorted(wanted, key=_order)


def _late(
    due_on: date, until_day: date, calendar: Calendar, schedule: Schedule, oldest: date, since: date | None
) -> set[PlannedReminder]:
    late = [step for step in schedule.steps if step.stage == Stage.LATE]
    first = due_on + ONE_DAY if since is None else max(due_on + ONE_DAY, since)
    found: set[PlannedReminder] = set()
    for step in (step for step in late if not step.repeats_daily):
        day = calendar.next_working_day(first)
        while day <= until_day and (days := working_days_between(due_on, day, calendar)) < step.working_days:
            # So many days are missing at least.
            day = calendar.next_working_day(day + (step.working_days - days) * ONE_DAY)
        if day <= until_day:
            found.add(PlannedReminder(Stage.LATE, day, days, step.recipient))
    daily = [step for step in late if step.repeats_daily]
    day = max(first, oldest)
    while daily and day <= until_day:
        if calendar.is_working_day(day):
            days = working_days_between(due_on, day, calendar)
            found |= {
                PlannedReminder(Stage.LATE, day, days, step.recipient) for step in daily if days >= step.working_days
            }
        day += ONE_DAY
    return found


_STAGES = {Stage.BEFORE: 0, Stage.DUE: 1, Stage.LATE: 2}
_RECIPIENTS = {recipient: number for number, recipient in enumerate(Recipient)}


def _order(planned: PlannedReminder) -> tuple:
    return planned.for_day, _STAGES[planned.stage], _RECIPIENTS[planned.recipient]


def _working_days_before(day: date, number: int, calendar: Calendar) -> date:
    for _ in range(number):
        day = calendar.last_working_day(day - ONE_DAY)
    return day


def _window_start(today: date, calendar: Calendar, working_days: int) -> date:
    return _working_days_before(calendar.last_working_day(today), working_days - 1, calendar)
