"""How each place stands, from its rules, its calendar and what was counted."""

from datetime import date

from deadlines.counting import ONE_DAY, Calendar
from deadlines.models import MeetingType, Obligation, Quantity
from deadlines.obligations import MONTH_IN_DANGER, Ahead, Period, Quota, Standing, stand
from deadlines.services.rulebook import BookedRule, Rulebook
from meetings.quotas import announcing, counted_types
from reports.obligations.accounts import Account, Owner, RuledMonths, RuledQuota, Tally


class Counting:
    """How each place stands. Places alike in everything that matters are worked out once."""

    def __init__(self, book: Rulebook, calendars: dict[str, Calendar], year: int, on: date):
        self.book, self.calendars, self.year, self.on = book, calendars, year, on
        self._memo: dict[tuple, Quota] = {}
        self._months = [
            Period(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1) - ONE_DAY)
            for month in range(1, 13)
        ]
        self._asked: dict[tuple, tuple] = {}

    def account(self, owner: Owner, tally: Tally) -> Account:
        holders, calendar = self.book.holders(owner.path), self.calendars[owner.path]
        quotas = ()
        if owner.is_whole_year:
            rules = self.book.of(
                holders, level=owner.level, obligation=Obligation.MEETING_QUOTA, on=date(self.year, 12, 31)
            )
            quotas = tuple(
                RuledQuota(rule, self._quota(rule, owner, holders, tally, calendar))
                for rule in rules
                if rule.unit == Quantity.PER_YEAR
            )
        return Account(
            owner,
            quotas,
            self._reception(owner, holders, tally, calendar),
            tally,
            is_provisional=self.year not in calendar.confirmed_years,
        )

    def _quota(self, rule: BookedRule, owner: Owner, holders: tuple, tally: Tally, calendar: Calendar) -> Quota:
        types = counted_types(rule)
        taken = frozenset(day for one in types for day in tally.days.get(one, ()))
        return self._stand(
            rule.number,
            sum(tally.held[one] for one in types),
            sum(tally.planned[one] for one in types),
            owner.period,
            calendar,
            self._announcing(types, owner, holders),
            taken,
        )

    def _announcing(self, types: tuple[str, ...], owner: Owner, holders: tuple) -> tuple[tuple[Ahead, ...], ...]:
        key = (types, owner.level, holders, owner.period.last)
        if key not in self._asked:
            self._asked[key] = announcing(self.book, holders, owner.level, types, on=owner.period.last)
        return self._asked[key]

    def _reception(self, owner: Owner, holders: tuple, tally: Tally, calendar: Calendar) -> RuledMonths | None:
        months, laws = [], {}
        for month, period in enumerate(self._months, start=1):
            if not owner.period.first <= period.first or period.last > owner.period.last:
                months.append(None)
                continue
            rules = self.book.of(holders, level=owner.level, obligation=Obligation.RECEPTION_DAYS, on=period.last)
            rules = [rule for rule in rules if rule.unit == Quantity.DAYS_A_MONTH]
            if not rules:
                months.append(None)
                continue
            laws |= {rule.law: None for rule in rules}
            number, received = max(rule.number for rule in rules), tally.received.get(month, 0)
            if period.last < self.on or received >= number:
                months.append(self._past(number, received))
                continue
            days = tally.days.get(MeetingType.CITIZEN_RECEPTION, ())
            taken = frozenset(day for day in days if period.first <= day <= period.last)
            planned = tally.receptions_planned.get(month, 0)
            months.append(self._stand(number, received, planned, period, calendar, (), taken, MONTH_IN_DANGER))
        return RuledMonths(tuple(laws), tuple(months)) if laws else None

    def _past(self, number: int, received: int) -> Quota:
        key = (number, received)
        if key not in self._memo:
            standing = Standing.MET if received >= number else Standing.MISSED
            self._memo[key] = Quota(number, received, 0, standing)
        return self._memo[key]

    def _stand(self, number, held, planned, period, calendar, kinds, taken, danger=None) -> Quota:
        key = (number, held, planned, period, id(calendar), kinds, taken, danger)
        if key not in self._memo:
            more = {"danger": danger} if danger is not None else {}
            self._memo[key] = stand(
                number,
                held=held,
                planned=planned,
                period=period,
                calendar=calendar,
                on=self.on,
                kinds=kinds,
                taken=taken,
                **more,
            )
        return self._memo[key]
