"""How places stand: one alone, several together."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from deadlines.obligations import GRAVITY, Period, Quota, Standing
from deadlines.services.rulebook import BookedRule

GONE = frozenset({Standing.LOST, Standing.MISSED})


@dataclass(frozen=True)
class Owner:
    """A place that owes, with the days of the year on which it exists."""

    pk: int
    name: str
    path: str
    level: str
    period: Period
    is_whole_year: bool  # exists on 31 December


@dataclass
class Tally:
    """What was counted of a place."""

    held: Counter = field(default_factory=Counter)  # by type
    planned: Counter = field(default_factory=Counter)
    days: dict[str, set[date]] = field(default_factory=lambda: defaultdict(set))  # from today on, by type
    received: dict[int, int] = field(default_factory=dict)  # days by month
    receptions_planned: dict[int, int] = field(default_factory=dict)
    announced_late: int = 0
    not_announced: int = 0
    published_late: int = 0
    not_published: int = 0


@dataclass(frozen=True)
class RuledQuota:
    """A quota of meetings with the rule that asks for it."""

    rule: BookedRule
    quota: Quota


@dataclass(frozen=True)
class RuledMonths:
    """Days of reception by month; None where nothing is owed. Of several rules in force the one that asks for most."""

    laws: tuple[str, ...]
    months: tuple[Quota | None, ...]


@dataclass(frozen=True)
class Account:
    """How one place stands."""

    owner: Owner
    quotas: tuple[RuledQuota, ...]
    reception: RuledMonths | None
    tally: Tally
    is_provisional: bool

    @cached_property
    def standing(self) -> Standing | None:
        """Of its quotas of meetings, the worst; None without one."""
        return max((one.quota.standing for one in self.quotas), key=GRAVITY.get, default=None)

    @cached_property
    def short_by(self) -> int:
        return max((one.quota.short_by for one in self.quotas), default=0)

    @cached_property
    def months_gone(self) -> int:
        """Months whose days of reception were or will be missed."""
        return sum(bool(one) and one.standing in GONE for one in self.reception.months) if self.reception else 0

    @property
    def forecast(self) -> Quota | None:
        """The quota that is lost first among those that are still open."""
        still = [one.quota for one in self.quotas if one.quota.act_by and one.quota.standing != Standing.MET]
        return min(still, key=lambda quota: quota.act_by, default=None)

    @property
    def lapses(self) -> int:
        return (
            self.tally.announced_late + self.tally.not_announced + self.tally.published_late + self.tally.not_published
        )

    @property
    def worst(self) -> tuple:
        """What to sort by, the worst first."""
        gravity = GRAVITY[self.standing] if self.standing else -1
        return (-gravity, -self.short_by, -self.months_gone, -self.lapses, self.owner.name)


@dataclass(frozen=True)
class Summary:
    """Several places in numbers: a row of the board, or all of it."""

    accounts: tuple[Account, ...]
    unknown: int = 0

    @cached_property
    def standings(self) -> Counter:
        """Places by the standing of their quota."""
        return Counter(one.standing for one in self.accounts if one.standing)

    @property
    def owing(self) -> int:
        return sum(self.standings.values())

    @property
    def gone(self) -> int:
        return sum(self.standings[standing] for standing in GONE)

    @cached_property
    def short(self) -> int:
        """Places that are short of meetings."""
        return sum(one.short_by > 0 for one in self.accounts)

    @cached_property
    def short_by(self) -> int:
        """Meetings that are missing in all."""
        return sum(one.short_by for one in self.accounts)

    @cached_property
    def receiving_less(self) -> int:
        """Places with a month whose days of reception are not to be reached."""
        return sum(one.months_gone > 0 for one in self.accounts)

    @cached_property
    def months(self) -> tuple[tuple[int, int, int] | None, ...]:
        """For each month: places that reached the days, places that owe them, places that did or will not."""
        shown = []
        for month in range(12):
            owed = [quota for one in self.accounts if one.reception and (quota := one.reception.months[month])]
            met = sum(quota.standing == Standing.MET for quota in owed)
            shown.append((met, len(owed), sum(quota.standing in GONE for quota in owed)) if owed else None)
        return tuple(shown)

    def lapses(self, name: str) -> int:
        return sum(getattr(one.tally, name) for one in self.accounts)

    @cached_property
    def announced_late(self) -> int:
        return self.lapses("announced_late")

    @cached_property
    def not_announced(self) -> int:
        return self.lapses("not_announced")

    @cached_property
    def published_late(self) -> int:
        return self.lapses("published_late")

    @cached_property
    def not_published(self) -> int:
        return self.lapses("not_published")

    @property
    def announcements(self) -> int:
        return self.announced_late + self.not_announced

    @property
    def results(self) -> int:
        return self.published_late + self.not_published

    @cached_property
    def next_lost(self) -> tuple[date, int] | None:
        """The next day from which quotas can't be met any more, and of how many places."""
        days = Counter(one.forecast.lost_from for one in self.accounts if one.forecast and one.standing not in GONE)
        return min(days.items(), default=None)

    @property
    def worst(self) -> tuple:
        return (
            -self.gone,
            -self.standings[Standing.IN_DANGER],
            -self.short_by,
            -self.receiving_less,
            -(self.announcements + self.results),
        )
