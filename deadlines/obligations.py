"""Until when a quota can still be met: pure functions of dates and a calendar that never read the clock or the database.

A quota of N meetings a year (or N days a month) of which ``held`` took place and ``planned`` stand in the plan is short
by what is left. Each missing meeting needs a working day of its own, and has to be announced so many days ahead of it.
The quota can therefore be met for as long as enough working days are left whose announcement is still in time: the last
such day is the answer, and from the next day on the quota can't be met any more.

The assumption behind it is one new meeting a working day at most, none on a day that already has one. A rule without
announcement, as for the days on which citizens are received, is met by the day itself.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from deadlines.counting import ONE_DAY, WORKING_DAYS, Calendar, working_days_between

# With so few working days left to announce what is missing, the quota is in danger: about a month to plan a meeting.
YEAR_IN_DANGER = 20
# … and to receive citizens on one more day of a month.
MONTH_IN_DANGER = 3


class Standing(TextChoices):
    """How a quota stands."""

    MET = "met", _("Met")
    ON_THE_WAY = "on_the_way", _("On the way")
    IN_DANGER = "in_danger", _("In danger")
    LOST = "lost", _("Can't be met any more")
    MISSED = "missed", _("Missed")


# The worse, the higher.
GRAVITY = {
    standing: rank
    for rank, standing in enumerate(
        (Standing.MET, Standing.ON_THE_WAY, Standing.IN_DANGER, Standing.LOST, Standing.MISSED)
    )
}
TONES = {
    Standing.MET: "success",
    Standing.ON_THE_WAY: "info",
    Standing.IN_DANGER: "warning",
    Standing.LOST: "danger",
    Standing.MISSED: "danger",
}


@dataclass(frozen=True, order=True)
class Ahead:
    """A rule on announcing: at least so many working or calendar days before the meeting."""

    number: int
    unit: str


@dataclass(frozen=True)
class Period:
    """The first and the last day on which what is counted can take place: a year, a month, or what is left of one."""

    first: date
    last: date


@dataclass(frozen=True)
class Quota:
    """A quota and how it stands. ``act_by`` is the last day on which what is missing can still be brought about.

    ``act_by`` is None when nothing is missing, or when the period never had enough working days.
    """

    number: int
    held: int
    planned: int
    standing: Standing
    act_by: date | None = None

    @property
    def short_by(self) -> int:
        """What is neither held nor planned."""
        return max(0, self.number - self.held - self.planned)

    @property
    def missing(self) -> int:
        """What is not held, planned or not."""
        return max(0, self.number - self.held)

    @property
    def lost_from(self) -> date | None:
        """The first day from which the quota can't be met any more."""
        return self.act_by + ONE_DAY if self.act_by else None

    @property
    def tone(self) -> str:
        return TONES[self.standing]

    @property
    def gravity(self) -> int:
        return GRAVITY[self.standing]


def announce_by(day: date, rules: Collection[Ahead], calendar: Calendar) -> date:
    """The last day on which a meeting on ``day`` is announced in time by every rule; the day itself without a rule.

    The same as ``counting.count_back`` without its working-out: whole years are gone through with it.
    """
    return min((_before(day, rule, calendar) for rule in rules), default=day)


def _before(day: date, rule: Ahead, calendar: Calendar) -> date:
    if rule.unit != WORKING_DAYS:
        return day - rule.number * ONE_DAY
    left = rule.number
    while left:
        day -= ONE_DAY
        if calendar.is_working_day(day):
            left -= 1
    return day


def act_by(
    missing: int,
    period: Period,
    calendar: Calendar,
    *,
    kinds: Sequence[Collection[Ahead]] = (),
    taken: Collection[date] = (),
) -> date | None:
    """The last day on which ``missing`` meetings of the period can all still be announced in time.

    ``kinds`` are the announcement rules of each kind of meeting that counts: where they differ, the kind that leaves
    most time is the one that can still save the quota. ``taken`` are days that already have a meeting.

    A later meeting is never to be announced earlier, so the days that count are the last ones of the period, and the
    one furthest from its end says by when. None when the period has too few working days.
    """
    day, left = period.last, missing
    while day >= period.first:
        if calendar.is_working_day(day) and day not in taken:
            left -= 1
            if left <= 0:
                return max((announce_by(day, rules, calendar) for rules in kinds), default=day)
        day -= ONE_DAY
    return None


def stand(
    number: int,
    *,
    held: int,
    planned: int,
    period: Period,
    calendar: Calendar,
    on: date,
    kinds: Sequence[Collection[Ahead]] = (),
    taken: Collection[date] = (),
    danger: int = YEAR_IN_DANGER,
) -> Quota:
    """How a quota of ``number`` stands on the day; ``planned`` is what lies ahead in the plan, ``taken`` its days too.

    It is in danger when something is neither held nor planned and ``danger`` working days or fewer are left to announce
    it.
    """
    if held >= number:
        return Quota(number, held, planned, Standing.MET)
    if on > period.last:
        return Quota(number, held, planned, Standing.MISSED)
    short_by = number - held - planned
    if short_by <= 0:
        return Quota(number, held, planned, Standing.ON_THE_WAY)
    last = act_by(short_by, period, calendar, kinds=kinds, taken=taken)
    if last is None or on > last:
        standing = Standing.LOST
    elif working_days_between(on, last, calendar) <= danger:
        standing = Standing.IN_DANGER
    else:
        standing = Standing.ON_THE_WAY
    return Quota(number, held, planned, standing, last)
