"""The one engine of all sweeps: writes the reminders of open deadlines that should exist by now and don't yet.

Each deadline carries the day up to which everybody was told (its marker). A sweep takes up those whose marker lies
before today, a few hundred at a time: locks them, plans, writes the rows and the marker in one short transaction, and
forgets them. Killed at any moment, the next one goes on where it stopped; two at once pass over what the other holds.
Whatever moves a due day sets the marker back to None.
"""

import logging
from abc import ABC, abstractmethod
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db import connection, models, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Locality, Membership, Role, Unit
from deadlines.clock import VIETNAM
from deadlines.counting import Calendar
from deadlines.models import CalendarDay, Move, Recipient
from deadlines.reminding import PlannedReminder, Schedule, horizon, reminder_plan
from deadlines.services.calendar import working_calendars
from deadlines.services.heartbeats import SWEEP, beat
from deadlines.services.office_hours import are_office_hours
from deadlines.services.reminders import Kinds, PlannedRow, write_planned
from deadlines.services.schedules import Schedules, schedules_of

logger = logging.getLogger(__name__)

CHUNK = 400
# Keys are fetched many at a time, so that PostgreSQL looks through the open deadlines a few times and not for each chunk.
STRIDE = 20_000
ONE_DAY = timedelta(days=1)
# Plans are kept while they are shared; far more due days than any sweep meets.
MOST_PLANS = 20_000
# Where so many units have newcomers on one day, the system is being filled: nobody has missed anything.
MOST_NEWCOMERS = 500


@dataclass(frozen=True, slots=True)
class OpenDeadline:
    """What a sweep knows of one deadline. ``unit`` has to act and its superiors hear of it.

    ``told`` are the units and roles that are "the unit itself"; ``since`` is the day on which the matter came up.
    ``facts`` is whatever the words need.
    """

    pk: int
    due_on: date | None
    since: date
    unit: int
    told: tuple[tuple[int, str], ...]
    path: str
    marker: date | None
    url: str
    facts: tuple = ()


def addresses(name: str) -> Callable[[int], str]:
    """The addresses of a page by the key of its record; worked out once, since a sweep asks for thousands."""
    before, _zero, after = reverse(name, kwargs={"pk": 0}).partition("/0/")
    return lambda pk: f"{before}/{pk}/{after}"


class Sweep(ABC):
    """One matter; the apps above give each its rows and words."""

    matter: str
    obligation: str
    model: type[models.Model]
    marker: str
    kinds: Kinds

    @abstractmethod
    def candidates(self, *, until: date, now: datetime) -> models.QuerySet:
        """Open deadlines that are due by ``until``, on the model's own columns: their rows are locked."""

    @abstractmethod
    def of_units(self, units: list[int]) -> Q:
        """Those of which one of the units is told; newcomers there are told on their first day."""

    @abstractmethod
    def deadlines(self, ids: list[int], calendars: "Calendars") -> Iterable[OpenDeadline]:
        """The facts of the locked rows, in a fixed number of statements."""

    @abstractmethod
    def words(self, one: OpenDeadline, planned: PlannedReminder) -> tuple[str, str]:
        """Subject and body."""


class Calendars:
    """The working calendars of any number of places: places without days of their own share one."""

    def __init__(self) -> None:
        own = CalendarDay.objects.exclude(locality=None).order_by("locality__path")
        self._holders = frozenset(own.values_list("locality__path", flat=True).distinct())
        self._built: dict[tuple[str, ...], Calendar] = {}

    def at(self, path: str) -> Calendar:
        """The calendar of the place; the first of those that share it costs a statement."""
        key = self._key(path)
        if key not in self._built:
            self._built[key] = working_calendars([Locality(path=path) if path else None])[path]
        return self._built[key]

    def known(self) -> list[Calendar]:
        """The country's calendar, and that of each place with days of its own."""
        places = [None, *(Locality(path=path) for path in sorted(self._holders))]
        found = working_calendars(places)
        for path, calendar in found.items():
            self._built.setdefault(self._key(path), calendar)
        return list(self._built.values())

    def _key(self, path: str) -> tuple[str, ...]:
        ends = range(Locality.steplen, len(path) + 1, Locality.steplen)
        return tuple(path[:end] for end in ends if path[:end] in self._holders)


@dataclass
class _Run:
    """One sweep under way."""

    sweep: Sweep
    now: datetime
    today: date
    schedules: Schedules
    calendars: Calendars
    superiors: dict[int, int | None]
    newcomers: list[int]
    plans: dict[tuple, list[PlannedReminder]] = field(default_factory=dict)
    found: int = 0
    written: int = 0
    failed: int = 0

    @cached_property
    def until(self) -> date:
        """The latest due day of which something may have to be said by today, anywhere."""
        calendars = self.calendars.known()
        return max(horizon(schedule, self.today, one) for schedule in self.schedules.all() for one in calendars)

    def open(self) -> models.QuerySet:
        """What is open, may have to be spoken of by today, and hasn't been."""
        untold = Q(**{self.sweep.marker: None}) | Q(**{f"{self.sweep.marker}__lt": self.today})
        if self.newcomers:
            untold |= self.sweep.of_units(self.newcomers)
        return self.sweep.candidates(until=self.until, now=self.now).filter(untold)

    def plan(self, one: OpenDeadline, schedule: Schedule, after: date | None) -> list[PlannedReminder]:
        calendar = self.calendars.at(one.path)
        # Schedules and calendars live as long as the run, so that their ids name them.
        key = one.due_on, id(calendar), id(schedule), one.since, after
        if key not in self.plans:
            if len(self.plans) >= MOST_PLANS:
                self.plans.clear()
            self.plans[key] = reminder_plan(one.due_on, self.today, calendar, schedule, since=one.since, after=after)
        return self.plans[key]


def run_sweep(sweep: Sweep, *, now: datetime, chunk: int = CHUNK) -> int:
    """Writes the matter's reminders that should exist by ``now``; how many rows it planned to write.

    It only writes in office hours of working days, but always leaves its sign of life.
    """
    began_at = timezone.now()
    found = written = failed = 0
    local = now.astimezone(VIETNAM)
    if are_office_hours(now):
        schedules = schedules_of(sweep.matter)[sweep.matter]
        if any(schedule.at <= local.time() for schedule in schedules.all()):
            run = _begin(sweep, now, schedules)
            for ids in _chunks(run.open(), chunk):
                _sweep_chunk(run, ids)
            found, written, failed = run.found, run.written, run.failed
    detail = {"found": found, "written": written}
    beat(f"{SWEEP}:{sweep.matter}", began_at=began_at, detail=detail | ({"failed": failed} if failed else {}))
    return written


def _begin(sweep: Sweep, now: datetime, schedules: Schedules) -> _Run:
    today = now.astimezone(VIETNAM).date()
    superiors = dict(Unit.objects.order_by().values_list("pk", "superior_id"))
    return _Run(
        sweep=sweep,
        now=now,
        today=today,
        schedules=schedules,
        calendars=Calendars(),
        superiors=superiors,
        newcomers=_newcomers(today, superiors),
    )


def _newcomers(today: date, superiors: dict[int, int | None]) -> list[int]:
    """Units whose people, or whose superiors' people, took up their work today, perhaps after the morning's sweep."""
    joined = set(
        Membership.objects.filter(valid_from=today, user__is_active=True)
        .exclude(role__in=[Role.UNIT_ADMIN, Role.SYSTEM_ADMIN])
        .order_by()
        .values_list("unit", flat=True)
    )
    if not joined:
        return []
    units = [unit for unit in superiors if unit in joined or not joined.isdisjoint(_above(unit, superiors))]
    return units if len(units) <= MOST_NEWCOMERS else []


def _above(unit: int, superiors: dict[int, int | None]) -> list[int]:
    """The superior units, the nearest first."""
    found: list[int] = []
    above = superiors.get(unit)
    while above is not None and above not in found:
        found.append(above)
        above = superiors.get(above)
    return found


def _chunks(rows: models.QuerySet, size: int) -> Iterator[list[int]]:
    """The keys of the rows in their order, as they are at the start; few bytes a row, a stride at a time."""
    last = 0
    while True:
        keys = array("q", rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:STRIDE])
        for start in range(0, len(keys), size):
            yield keys[start : start + size].tolist()
        if len(keys) < STRIDE:
            return
        last = keys[-1]


@transaction.atomic
def _sweep_chunk(run: _Run, ids: list[int]) -> None:
    sweep = run.sweep
    with connection.cursor() as cursor:
        # Rows and marker are kept together or lost together when PostgreSQL dies, and then written again.
        cursor.execute("SET LOCAL synchronous_commit TO OFF")
    # What another sweep or somebody's change holds now is left to the next run; what is told meanwhile falls out.
    locked = list(
        run.open().filter(pk__in=ids).order_by("pk").select_for_update(skip_locked=True, no_key=True)
        .values_list("pk", flat=True)
    )  # fmt: skip
    if not locked:
        return
    found = list(sweep.deadlines(locked, run.calendars))
    time_of_day = run.now.astimezone(VIETNAM).time()
    schedules = {path: run.schedules.of(path) for path in {one.path for one in found}}
    ready = [one for one in found if schedules[one.path].at <= time_of_day]
    moved = _moved_on(sweep, [one.pk for one in ready])
    people = _People(run, ready)
    rows: list[PlannedRow] = []
    told: list[int] = []
    for one in ready:
        try:
            rows += _rows(run, one, schedules[one.path], moved.get(one.pk), people)
        except Exception:
            # One record that can't be told of must not silence all others; it is tried again by each sweep.
            logger.exception("The reminders of %s %s couldn't be planned.", sweep.model._meta.label_lower, one.pk)
            run.failed += 1
        else:
            told.append(one.pk)
    write_planned(rows)
    sweep.model._default_manager.filter(pk__in=told).update(**{sweep.marker: run.today})
    run.found += len(ready)
    run.written += len(rows)


def _moved_on(sweep: Sweep, ids: list[int]) -> dict[int, date]:
    """The day on which each deadline was last moved: what the old date would have asked for is not made up."""
    moves = (
        Move.objects.filter(target_type=sweep.model._meta.label_lower, target_id__in=ids, obligation=sweep.obligation)
        .order_by()
        .values_list("target_id")
        .annotate(last=Max("at"))
    )
    return {pk: last.astimezone(VIETNAM).date() for pk, last in moves}


def _rows(run: _Run, one: OpenDeadline, schedule: Schedule, moved: date | None, people: "_People") -> list[PlannedRow]:
    if one.due_on is None:
        return []
    after = one.marker
    if after is not None and after >= run.today:
        after = run.today - ONE_DAY  # It is here again for those who joined today.
    if moved is not None and moved > one.since:
        one = OpenDeadline(**{name: getattr(one, name) for name in one.__slots__} | {"since": moved})
    rows: list[PlannedRow] = []
    told: set[tuple[int, date]] = set()
    for planned in run.plan(one, schedule, after):
        listeners = people.of(one, planned.recipient)
        if not listeners:
            continue
        subject, body = run.sweep.words(one, planned)
        kind = run.sweep.kinds.of(planned)
        for user, role, joined_on in listeners:
            # Nobody answers for the days before they came, nor hears of one deadline twice a day.
            if joined_on > planned.for_day or (user, planned.for_day) in told:
                continue
            told.add((user, planned.for_day))
            rows.append(
                PlannedRow(
                    kind=kind,
                    target_type=run.sweep.model._meta.label_lower,
                    target_id=one.pk,
                    recipient_id=user,
                    recipient_role=role,
                    for_day=planned.for_day,
                    due_on=one.due_on,
                    subject=subject[:300],
                    body=body,
                    url=one.url,
                )
            )
    return rows


Listener = tuple[int, str, date]


class _People:
    """Whom the steps of a chunk's deadlines mean, found in one statement."""

    def __init__(self, run: _Run, deadlines: list[OpenDeadline]):
        self._superiors = run.superiors
        acting: dict[str, set[int]] = defaultdict(set)
        for one in deadlines:
            for unit, role in one.told:
                acting[role].add(unit)
        above = {unit for acting_unit in {one.unit for one in deadlines} for unit in _above(acting_unit, run.superiors)}
        paths = {path for one_path in {one.path for one in deadlines} for path in _prefixes(one_path)}
        wanted = Q(role=Role.LEADER, unit__in=above) | Q(role=Role.SUPERVISOR, unit__locality__path__in=paths)
        for role, units in acting.items():
            wanted |= Q(role=role, unit__in=units)
        held = (
            Membership.objects.current(on=run.today)
            .filter(wanted, user__is_active=True)
            .order_by("pk")
            .values_list("unit", "role", "user", "valid_from", "unit__locality__path")
        )
        self._by_unit: dict[tuple[int, str], list[Listener]] = defaultdict(list)
        self._supervisors: dict[str, list[Listener]] = defaultdict(list)
        for unit, role, user, valid_from, path in held if deadlines else ():
            self._by_unit[unit, role].append((user, role, valid_from))
            if role == Role.SUPERVISOR:
                self._supervisors[path].append((user, role, valid_from))
        self._led: dict[int, list[list[Listener]]] = {}

    def of(self, one: OpenDeadline, recipient: str) -> list[Listener]:
        if recipient == Recipient.UNIT:
            return [listener for unit, role in one.told for listener in self._by_unit.get((unit, role), ())]
        if recipient == Recipient.SUPERVISOR:
            for path in reversed(_prefixes(one.path)):
                if path in self._supervisors:
                    return self._supervisors[path]
            return []
        led = self._leaders_above(one.unit)
        number = 0 if recipient == Recipient.SUPERIOR_LEADER else 1
        return led[number] if number < len(led) else []

    def _leaders_above(self, unit: int) -> list[list[Listener]]:
        """The leaders of the superior units that have any, the nearest first."""
        if unit not in self._led:
            leaders = (self._by_unit.get((above, Role.LEADER)) for above in _above(unit, self._superiors))
            self._led[unit] = [found for found in leaders if found]
        return self._led[unit]


def _prefixes(path: str) -> list[str]:
    """The paths of the places above and of the place itself, the country first."""
    return [path[:end] for end in range(Locality.steplen, len(path) + 1, Locality.steplen)]
