"""Figures of a locality: live meetings and returns of past periods, each meeting counted once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import Q

from accounts.models import Level, Locality
from deadlines import clock
from deadlines.models import MeetingType
from feedback.models import Category, Competence, OpinionState, Resolution
from reports import live, returned
from reports.live import Live, Overdue
from reports.returned import Included, LeftOut, OfWhich, Returned
from reports.sums import NOTHING_HAPPENED, Part, Sum, add


@dataclass(frozen=True)
class Cell:
    level: str
    meeting_type: str
    sum: Sum


@dataclass(frozen=True)
class FieldGroup:
    """A field of the top level with the named fields beneath it."""

    name: str
    opinions: int
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Figures:
    """Everything the dashboard and the command print."""

    locality: Locality
    period_from: date | None
    period_to: date | None
    level: str
    meeting_type: str
    on: date
    is_subtree: bool
    total: Sum
    before: Sum | None
    before_period: tuple[date, date] | None
    by_level: dict[str, Sum]
    by_type: dict[str, Sum]
    by_level_and_type: tuple[Cell, ...]
    by_field: dict[str, int]
    field_groups: tuple[FieldGroup, ...]
    live: Live
    live_sum: Sum
    overdue: tuple[Overdue, ...]
    included: tuple[Included, ...] = ()
    left_out: tuple[tuple, ...] = ()
    of_which: tuple[OfWhich, ...] = ()
    covers: tuple = field(default_factory=tuple)

    @property
    def meetings(self):
        return self.total.meetings

    @property
    def attendances(self):
        return self.total.attendances

    @property
    def speeches(self):
        return self.total.speeches

    @property
    def opinions(self):
        return self.total.opinions

    @property
    def answered(self):
        return self.total.answered

    # --- what became of the opinions recorded one by one; returns don't say ---

    @property
    def answered_on_the_spot(self) -> int:
        return self.live.by_state.get(OpinionState.ANSWERED, 0)

    @property
    def answered_in_writing(self) -> int:
        return self.live.by_state.get(OpinionState.REPLIED, 0)

    @property
    def opinions_pending(self) -> int:
        return self.live.by_state.get(OpinionState.RECORDED, 0) + self.live.by_state.get(OpinionState.ASSIGNED, 0)

    @property
    def opinions_transferred(self) -> int:
        return self.live.by_state.get(OpinionState.TRANSFERRED, 0)

    @property
    def by_category(self) -> dict[str, int]:
        return {key: self.live.by_category[key] for key in Category.values if key in self.live.by_category}

    @property
    def by_competence(self) -> dict[str, int]:
        return {key: self.live.by_competence[key] for key in Competence.values if key in self.live.by_competence}

    @property
    def by_resolution(self) -> dict[str, int]:
        """Of the answered ones; never one percentage that mixes them."""
        return {key: self.live.by_resolution[key] for key in Resolution.values if key in self.live.by_resolution}

    @property
    def complaints(self) -> int:
        return self.live.statutory.get(Category.COMPLAINT, 0)

    @property
    def denunciations(self) -> int:
        return self.live.statutory.get(Category.DENUNCIATION, 0)

    # --- deadlines ---

    def notices(self, status: str) -> int:
        return sum(month.get(status, 0) for month in self.live.notices_by_month.values())

    def assignments(self, status: str) -> int:
        return sum(getattr(one, status) for one in self.live.departments)

    def overdue_now(self, kind: str) -> int:
        return sum(one.number for one in self.overdue if one.kind == kind)

    def as_json(self) -> dict:
        """What ``manage.py figures --json`` prints; None is null, and an unnamed level or type is "null"."""
        return {
            **self.total.as_json(),
            "by_level": {key or "null": value.as_json() for key, value in self.by_level.items()},
            "by_type": {key or "null": value.as_json() for key, value in self.by_type.items()},
            "by_level_and_type": [
                {
                    "level": cell.level or None,
                    "type": cell.meeting_type or None,
                    "meetings": cell.sum.meetings,
                    "attendances": cell.sum.attendances,
                    "opinions": cell.sum.opinions,
                    "answered": cell.sum.answered,
                }
                for cell in self.by_level_and_type
            ],
            "by_field": self.by_field,
        }


def period_before(day_from: date, day_to: date) -> tuple[date, date]:
    """The period of the same length just before: the month before a month, the year before a year."""
    days = (day_to - day_from).days + 1
    months = (day_to.year - day_from.year) * 12 + day_to.month - day_from.month + 1
    is_whole_months = day_from.day == 1 and (day_to + timedelta(days=1)).day == 1
    start = day_from - relativedelta(months=months) if is_whole_months else day_from - timedelta(days=days)
    return start, day_from - timedelta(days=1)


def figures(
    *,
    locality: Locality,
    period_from: date | None = None,
    period_to: date | None = None,
    level: str = "",
    meeting_type: str = "",
    on: date | None = None,
    is_subtree: bool = True,
    compare: bool = False,
) -> Figures:
    """Counts a locality and what lies below it (without ``is_subtree``: its own work alone), in two statements.

    Without a period everything counts. ``compare`` adds the sums of the period before.
    """
    on = on or clock.today()
    now = (period_from or date.min, period_to or date.max)
    before = period_before(period_from, period_to) if compare and period_from and period_to else None
    asked = {"level": level, "meeting_type": meeting_type}

    condition = Q(locality__path__startswith=locality.path) if is_subtree else Q(locality=locality)
    records = returned.fetch(condition, day_from=before[0] if before else now[0], day_to=now[1])
    returned_now = returned.select(records, day_from=now[0], day_to=now[1], **asked)
    returned_before = returned.select(records, day_from=before[0], day_to=before[1], **asked) if before else Returned()
    live_now, live_before, overdue = live.count(
        path=locality.path,
        is_subtree=is_subtree,
        now=now,
        before=before,
        on=on,
        covered={live.NOW: returned_now.covers, live.BEFORE: returned_before.covers},
        **asked,
    )

    wholes = [one.whole for one in returned_now.included if one.whole]
    parts = live_now.parts + [part for one in returned_now.included for part in one.parts]
    cells: dict[tuple[str, str], list[Part]] = {}
    for part in parts:
        cells.setdefault((part.level, part.meeting_type), []).append(part)
    keys = sorted(cells, key=lambda key: (_rank(Level.values, key[0]), _rank(MeetingType.values, key[1])))
    by_field = _by_field(live_now, returned_now.included)
    return Figures(
        locality=locality,
        period_from=period_from,
        period_to=period_to,
        on=on,
        is_subtree=is_subtree,
        **asked,
        total=_total(live_now, returned_now),
        before=_total(live_before, returned_before) if before else None,
        before_period=before,
        by_level={
            key: add([p for p in parts if p.level == key], wholes)
            for key in _ordered(Level.values, (k[0] for k in keys))
        },
        by_type={
            key: add([p for p in parts if p.meeting_type == key], wholes)
            for key in _ordered(MeetingType.values, (k[1] for k in keys))
        },
        by_level_and_type=tuple(Cell(*key, add(cells[key], wholes)) for key in keys),
        by_field={name: number for (_above, name), number in by_field.items()},
        field_groups=_groups(by_field),
        live=live_now,
        live_sum=_live_sum(live_now),
        overdue=tuple(overdue),
        included=returned_now.included,
        left_out=returned_now.left_out,
        of_which=returned_now.of_which,
        covers=tuple(returned_now.covers),
    )


def _rank(order: list[str], key: str) -> int:
    return order.index(key) if key in order else len(order)


def _ordered(order: list[str], keys: Iterable[str]) -> list[str]:
    return sorted(set(keys), key=lambda key: _rank(order, key))


def _live_sum(live_figures: Live) -> Sum:
    if live_figures.parts:
        return add(live_figures.parts)
    # Nothing was held: zero where somebody keeps the record here, unknown where nobody did yet.
    return NOTHING_HAPPENED if live_figures.has_begun else Sum()


def _total(live_figures: Live, returns: Returned) -> Sum:
    parts = live_figures.parts + [part for one in returns.included for part in one.parts]
    if not parts:
        return _live_sum(live_figures)
    return add(parts, [one.whole for one in returns.included if one.whole])


def _by_field(live_figures: Live, included: Iterable[Included]) -> dict[tuple[str, str], int]:
    """Opinions by (field above, own name); the top field itself stands under its own name."""
    numbers: dict[tuple[str, str], int] = {}
    counted = [(one.name, one.above, one.opinions) for one in live_figures.by_field]
    counted += [row for one in included for row in one.by_field]
    for name, above, opinions in counted:
        key = (above or name, name)
        numbers[key] = numbers.get(key, 0) + opinions
    return numbers


def _groups(by_field: dict[tuple[str, str], int]) -> tuple[FieldGroup, ...]:
    groups: dict[str, list[tuple[str, int]]] = {}
    for (above, name), opinions in by_field.items():
        groups.setdefault(above, []).append((name, opinions))
    made = [
        FieldGroup(above, sum(n for _name, n in parts), tuple(sorted(parts, key=lambda one: (-one[1], one[0]))))
        for above, parts in groups.items()
    ]
    return tuple(sorted(made, key=lambda group: (-group.opinions, group.name)))


__all__ = ["Cell", "FieldGroup", "Figures", "LeftOut", "figures", "period_before"]
