"""How a place stands by its yearly quotas of meetings, for the plan of the year.

The board of obligations (``reports.obligations``) counts the same for many places at once and says what counts.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import F, Q

from accounts.models import Locality, LocalityKind
from deadlines.clock import VIETNAM
from deadlines.counting import ONE_DAY
from deadlines.loading import DIALOGUES
from deadlines.models import Obligation, Quantity
from deadlines.obligations import Ahead, Period, Quota, stand
from deadlines.services import working_calendar
from deadlines.services.rulebook import BookedRule, Rulebook, rulebook
from meetings.models import Meeting, MeetingState


@dataclass(frozen=True)
class PlannedQuota:
    """A quota with the law that asks for it."""

    law: str
    quota: Quota


def counted_types(rule: BookedRule) -> tuple[str, ...]:
    """The types of meeting that a quota counts: the one it names, else the dialogues with residents."""
    return (rule.meeting_type,) if rule.meeting_type else tuple(DIALOGUES)


def quotas_of(locality: Locality, *, year: int, on: date) -> list[PlannedQuota]:
    """The quotas that bind the place on 31 December of the year, in at most three statements."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    if locality.kind in (LocalityKind.COUNTRY, LocalityKind.RESIDENTIAL_AREA) or not locality.exists_on(last):
        return []
    book = rulebook([Obligation.MEETING_QUOTA, Obligation.ANNOUNCEMENT], first=first, last=last, locality=locality)
    holders = book.holders(locality.path)
    rules = book.of(holders, level=locality.level, obligation=Obligation.MEETING_QUOTA, on=last)
    rules = [rule for rule in rules if rule.unit == Quantity.PER_YEAR]
    if not rules:
        return []
    begins = max(first, locality.in_force_from) if locality.in_force_from else first
    calendar, meetings = working_calendar(locality), _meetings(locality, first, last)
    found = []
    for rule in rules:
        types = counted_types(rule)
        held = [held_on for kind, held_on, _day in meetings if kind in types and held_on]
        ahead = [day for kind, held_on, day in meetings if kind in types and not held_on and day >= on]
        found.append(
            PlannedQuota(
                rule.law,
                stand(
                    rule.number,
                    held=len(held),
                    planned=len(ahead),
                    period=Period(begins, last),
                    calendar=calendar,
                    on=on,
                    kinds=announcing(book, holders, locality.level, types, on=last),
                    taken={*held, *ahead},
                ),
            )
        )
    return found


def announcing(
    book: Rulebook, holders: tuple[str, ...], level: str, types: tuple[str, ...], *, on: date
) -> tuple[tuple[Ahead, ...], ...]:
    """The rules on announcing that bind each of the types on the day, those alike once."""
    rules = book.of(holders, level=level, obligation=Obligation.ANNOUNCEMENT, on=on)
    asked = {one: [] for one in types}
    for rule in rules:
        if rule.unit in (Quantity.WORKING_DAYS, Quantity.CALENDAR_DAYS):
            for one in types:
                if rule.meeting_type in ("", one):
                    asked[one].append(Ahead(rule.number, rule.unit))
    return tuple(sorted({tuple(sorted(each)) for each in asked.values()}))


def _meetings(locality: Locality, first: date, last: date) -> list[tuple[str, date | None, date]]:
    """(type, day held, day planned) of the place's own meetings in the year, held or with a day ahead."""
    start, end = (datetime.combine(day, time.min, tzinfo=VIETNAM) for day in (first, last + ONE_DAY))
    open_ones = Q(state__in=[MeetingState.PLANNED, MeetingState.ANNOUNCED]) | (
        Q(state=MeetingState.POSTPONED, previous_start__isnull=False) & ~Q(previous_start=F("planned_start"))
    )
    rows = (
        Meeting.objects.filter(locality__path__startswith=locality.path, level=locality.level)
        .filter(Q(held_on__range=(first, last)) | (open_ones & Q(planned_start__gte=start, planned_start__lt=end)))
        .order_by()
        .values_list("meeting_type", "held_on", "planned_start")
    )
    return [(kind, held_on, planned.astimezone(VIETNAM).date()) for kind, held_on, planned in rows]
