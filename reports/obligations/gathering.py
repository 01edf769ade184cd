"""The board of a place and a year, gathered in five statements."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Min

from accounts.models import Locality, LocalityKind, Unit
from deadlines.counting import ONE_DAY
from deadlines.models import Obligation
from deadlines.obligations import GRAVITY, Period
from deadlines.services import working_calendars
from deadlines.services.rulebook import rulebook
from reports.obligations.accounts import Account, Owner, Summary, Tally
from reports.obligations.counting import Counting
from reports.obligations.meetings import MeetingsBehind, parameters_of, tallies_of

FIRST_YEAR = 2014  # the first year of the working calendar
OWING_KINDS = (LocalityKind.PROVINCE, LocalityKind.DISTRICT, LocalityKind.COMMUNE)


@dataclass(frozen=True)
class Row:
    """A line of the board: a place alone, or a place with all below it."""

    place: Locality
    summary: Summary
    is_own: bool = False  # the own work of the place that is looked at, without what lies below

    @property
    def account(self) -> Account | None:
        """The one place of the line, where it is one."""
        accounts = self.summary.accounts
        is_alone = len(accounts) == 1 and accounts[0].owner.pk == self.place.pk and not self.summary.unknown
        return accounts[0] if is_alone else None


@dataclass(frozen=True)
class Obligations:
    """The board of a place and a year."""

    locality: Locality
    year: int
    on: date
    total: Summary
    rows: tuple[Row, ...]
    unknown: tuple[Locality, ...]
    parameters: dict = field(repr=False, default_factory=dict)

    @property
    def accounts(self) -> tuple[Account, ...]:
        return self.total.accounts

    def meetings(self, what: str, **only) -> MeetingsBehind:
        """The meetings behind a number of ``MEETINGS_BEHIND``, or the days of "receptions"."""
        return MeetingsBehind(self.parameters, what, **only)


def obligations(*, locality: Locality, year: int, on: date, is_subtree: bool = True) -> Obligations:
    """The board of a place and what lies below it (without ``is_subtree``: its own alone), in five statements."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    places = _places(locality, first, last, is_subtree)
    units = _units(locality, first, is_subtree)
    known = [place for place in places if place.pk in units]
    book = rulebook(
        [Obligation.MEETING_QUOTA, Obligation.RECEPTION_DAYS, Obligation.ANNOUNCEMENT], first=first, last=last
    )
    calendars = working_calendars(known) if known else {}
    owners = [_owner(place, first, last) for place in known]
    parameters = parameters_of(owners, book, calendars, first, last, on)
    tallies = tallies_of(parameters)
    unknown = [place for place in places if place.pk not in units]
    if year < on.year:
        # A role in one of its units by the end of the year, or a meeting in it: else nobody kept a record yet.
        silent = {pk for pk, since in units.items() if pk not in tallies and (since is None or since > last)}
        owners = [owner for owner in owners if owner.pk not in silent]
        unknown += [place for place in known if place.pk in silent]
        kept = [
            (pk, group)
            for pk, group in zip(parameters["owners"], parameters["groups"], strict=True)
            if pk not in silent
        ]
        parameters |= {"owners": [pk for pk, _group in kept], "groups": [group for _pk, group in kept]}
    counting = Counting(book, calendars, year, on)
    accounts = tuple(counting.account(owner, tallies.get(owner.pk) or Tally()) for owner in owners)
    return Obligations(
        locality=locality,
        year=year,
        on=on,
        total=Summary(accounts, len(unknown)),
        rows=_rows(locality, places, accounts, unknown),
        unknown=tuple(sorted(unknown, key=lambda place: place.path)),
        parameters=parameters,
    )


def _places(locality: Locality, first: date, last: date, is_subtree: bool) -> list[Locality]:
    """The places that exist on a day of the year, above those below them."""
    found = Locality.objects.filter(kind__in=OWING_KINDS)
    found = found.filter(path__startswith=locality.path) if is_subtree else found.filter(pk=locality.pk)
    found = found.exclude(in_force_from__gt=last).exclude(abolished_on__lte=first)
    return list(found.only("name", "path", "depth", "kind", "in_force_from", "abolished_on").order_by("path"))


def _units(locality: Locality, first: date, is_subtree: bool) -> dict[int, date | None]:
    """The places that have a unit, with the first day on which somebody held a role in one."""
    units = Unit.objects.exclude(dissolved_on__lte=first)
    units = units.filter(locality__path__startswith=locality.path) if is_subtree else units.filter(locality=locality)
    return dict(units.order_by().values_list("locality").annotate(since=Min("memberships__valid_from")))


def _owner(place: Locality, first: date, last: date) -> Owner:
    begins = max(first, place.in_force_from) if place.in_force_from else first
    ends = min(last, place.abolished_on - ONE_DAY) if place.abolished_on else last
    return Owner(place.pk, place.name, place.path, place.level, Period(begins, ends), ends == last)


def _rows(
    locality: Locality, places: list[Locality], accounts: tuple[Account, ...], unknown: list[Locality]
) -> tuple[Row, ...]:
    """The place's own work, then each place right below it with all that lies below that one, the worst first.

    Where nothing is known of any, there is no line.
    """
    length = len(locality.path) + Locality.steplen
    by_path: dict[str, list[Account]] = defaultdict(list)
    silent: Counter = Counter(place.path[:length] for place in unknown)
    for account in accounts:
        by_path[account.owner.path[:length]].append(account)
    found = {place.path: place for place in places}
    rows = [
        Row(
            # A place right below that doesn't exist any more in the year is no line of its own.
            found.get(path) or found[next(one for one in found if one.startswith(path))],
            Summary(tuple(by_path[path]), silent[path]),
            is_own=path == locality.path,
        )
        for path in sorted(by_path)
    ]
    below = sorted((row for row in rows if not row.is_own), key=_worst_first)
    return tuple([row for row in rows if row.is_own] + below)


def _worst_first(row: Row) -> tuple:
    gravity = -max((GRAVITY[standing] for standing in row.summary.standings), default=-1)
    alone = (gravity,) if row.account else (0,)
    return (*row.summary.worst, *alone, row.place.name)
