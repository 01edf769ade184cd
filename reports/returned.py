"""What the returns of past periods add to the live figures, each meeting counted once."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject

from meetings.models import Field
from reports.models import Return, ReturnField, ReturnRow
from reports.sums import MEASURES, Part, Whole, add


class LeftOut(Enum):
    """Why a return, or a part of one, is not in the figures."""

    PERIOD = "period"  # its period reaches outside the asked one
    NESTED = "nested"  # another included return holds it already
    NOT_SPLIT = "not_split"  # it doesn't say how much belongs to the asked level or type


@dataclass(frozen=True)
class Coverage:
    """Where and when a part of a return speaks; empty level or type is all of them."""

    path: str
    day_from: date
    day_to: date
    level: str = ""
    meeting_type: str = ""

    def overlaps(self, other: "Coverage") -> bool:
        return (
            self.day_from <= other.day_to
            and other.day_from <= self.day_to
            and (not self.level or not other.level or self.level == other.level)
            and (not self.meeting_type or not other.meeting_type or self.meeting_type == other.meeting_type)
        )

    def holds(self, other: "Coverage") -> bool:
        """Whether figures of ``other`` may be in here already."""
        return other.path.startswith(self.path) and self.overlaps(other)

    def as_json(self, span: str) -> dict[str, str]:
        return {
            "span": span,
            "path": self.path,
            "day_from": self.day_from.isoformat(),
            "day_to": self.day_to.isoformat(),
            "level": self.level,
            "meeting_type": self.meeting_type,
        }


@dataclass(frozen=True)
class OfWhich:
    """A row whose figures another row already holds: shown, never added."""

    record: Return
    row: dict


@dataclass(frozen=True)
class Included:
    record: Return
    parts: tuple[Part, ...]
    total: Part
    by_field: tuple[tuple[str, str, int], ...]  # (name in the source, the field above it or "", opinions)
    covers: tuple[Coverage, ...]
    is_whole: bool

    @property
    def whole(self) -> Whole | None:
        if not self.is_whole:
            return None
        given = frozenset(name for name in MEASURES if getattr(self.record, name) is not None)
        return Whole(self.record.pk, self.parts, self.total, given)


@dataclass(frozen=True)
class Returned:
    included: tuple[Included, ...] = ()
    left_out: tuple[tuple[Return, LeftOut], ...] = ()
    of_which: tuple[OfWhich, ...] = ()

    @property
    def covers(self) -> list[Coverage]:
        return [coverage for one in self.included for coverage in one.covers]


def fetch(condition, *, day_from: date, day_to: date) -> list[Return]:
    """Returns that touch the period, with rows and fields, in one query."""
    rows = ReturnRow.objects.filter(return_record=OuterRef("pk")).order_by("pk")
    measures = {name: F(name) for name in MEASURES}
    row = JSONObject(
        pk=F("pk"),
        level=F("level"),
        meeting_type=F("meeting_type"),
        mode=F("mode"),
        sector=F("sector"),
        label=F("label"),
        path=Coalesce("locality__path", "return_record__locality__path"),
        place=F("locality__name"),
        is_part_of_total=F("is_part_of_total"),
        attendances_bound=F("attendances_bound"),
        opinions_bound=F("opinions_bound"),
        **measures,
    )
    fields = ReturnField.objects.filter(return_record=OuterRef("pk")).order_by("position", "pk")
    above = Subquery(
        Field.objects.filter(name=OuterRef("field_name")).values("parent__name")[:1], output_field=CharField()
    )
    return list(
        Return.objects.filter(condition, period_from__lte=day_to, period_to__gte=day_from)
        .select_related("locality")
        .annotate(
            row_values=ArraySubquery(rows.values_list(row, flat=True)),
            field_values=ArraySubquery(
                fields.annotate(above=above).values_list(
                    JSONObject(name=F("field_name"), above=F("above"), opinions=F("opinions")), flat=True
                )
            ),
        )
        .order_by("locality__path", "period_from", "-period_to", "pk")
    )


def _row_part(record: Return, row: dict) -> tuple[Part, Coverage]:
    part = Part(
        level=row["level"],
        meeting_type=row["meeting_type"],
        **{name: row[name] for name in MEASURES},
        attendances_bound=row["attendances_bound"],
        opinions_bound=row["opinions_bound"],
        origin=record.pk,
    )
    return part, Coverage(row["path"], record.period_from, record.period_to, part.level, part.meeting_type)


def _total(record: Return, parts: list[Part]) -> Part:
    """What the return says as a whole: its own totals, and the sum of its rows where it gives none."""
    rows = add(parts)
    total = Part(**{name: getattr(rows, name) for name in MEASURES}, origin=record.pk)
    total = replace(total, attendances_bound=rows.attendances_bound, opinions_bound=rows.opinions_bound)
    given = {name: getattr(record, name) for name in MEASURES if getattr(record, name) is not None}
    if "attendances" in given:
        given["attendances_bound"] = record.attendances_bound
    if "opinions" in given:
        given["opinions_bound"] = record.opinions_bound
    return replace(total, **given)


def _rest(record: Return, parts: list[Part]) -> Part:
    """What the given totals hold beyond the rows: known, but not of which level or type."""
    rows = add(parts)
    rest = {}
    for name in MEASURES:
        given = getattr(record, name)
        if given is None:
            continue
        left = given - (getattr(rows, name) or 0)
        if left > 0 or (getattr(rows, name) is None and given == 0):
            rest[name] = left
    bounds = {f"{name}_bound": getattr(record, f"{name}_bound") for name in ("attendances", "opinions") if name in rest}
    return Part(**rest, **bounds, origin=record.pk)


def total_of(record: Return, rows: Iterable[ReturnRow]) -> Part:
    """What a return says as a whole, from its rows that count."""
    names = ("level", "meeting_type", *MEASURES, "attendances_bound", "opinions_bound")
    return _total(record, [Part(**{name: getattr(row, name) for name in names}, origin=record.pk) for row in rows])


def _breadth(record: Return) -> tuple:
    """Wider places first, then longer periods: the wider return is the one that is kept."""
    return (len(record.locality.path), -(record.period_to - record.period_from).days, record.pk)


def select(
    records: Iterable[Return], *, day_from: date, day_to: date, level: str = "", meeting_type: str = ""
) -> Returned:
    """Chooses what is added for a period: returns wholly inside it, each figure once."""
    included: list[Included] = []
    left_out: list[tuple[Return, LeftOut]] = []
    of_which: list[OfWhich] = []
    taken: list[Coverage] = []
    for record in sorted(records, key=_breadth):
        if record.period_to < day_from or record.period_from > day_to:
            continue
        if record.period_from < day_from or record.period_to > day_to:
            left_out.append((record, LeftOut.PERIOD))
            continue
        rows = [_row_part(record, row) for row in record.row_values if row["is_part_of_total"]]
        parts = [part for part, _coverage in rows]
        whole_place = Coverage(record.locality.path, record.period_from, record.period_to)
        has_totals = any(getattr(record, name) is not None for name in MEASURES)
        rest = _rest(record, parts)
        if not rest.is_empty or has_totals or not rows:
            rows.append((rest, whole_place))

        asked = [
            (part, coverage)
            for part, coverage in rows
            if (not level or part.level == level) and (not meeting_type or part.meeting_type == meeting_type)
        ]
        kept = [(part, cover) for part, cover in asked if not any(other.holds(cover) for other in taken)]
        if len(kept) < len(asked):
            # What is left of a return that is partly in another one can't be told from its totals.
            kept = [(part, cover) for part, cover in kept if part is not rest]
            left_out.append((record, LeftOut.NESTED))
        elif len(asked) < len(rows) and any(_may_be(part, level, meeting_type) for part, _cover in rows):
            left_out.append((record, LeftOut.NOT_SPLIT))
        if not kept:
            continue
        speaking = [part for part, _cover in rows if not part.is_empty]
        is_whole = all(any(part is one for one, _cover in kept) for part in speaking)
        included.append(
            Included(
                record=record,
                parts=tuple(part for part, _cover in kept if not part.is_empty),
                total=_total(record, parts),
                by_field=tuple((f["name"], f["above"] or "", f["opinions"]) for f in record.field_values)
                if is_whole
                else (),
                covers=tuple(cover for _part, cover in kept),
                is_whole=is_whole,
            )
        )
        taken += [cover for _part, cover in kept]
        of_which += [
            OfWhich(record, row)
            for row in record.row_values
            if not row["is_part_of_total"]
            and (not level or row["level"] == level)
            and (not meeting_type or row["meeting_type"] == meeting_type)
        ]
    return Returned(tuple(included), tuple(left_out), tuple(of_which))


def _may_be(part: Part, level: str, meeting_type: str) -> bool:
    """Whether meetings of the asked level and type may hide in a part that doesn't name them."""
    if part.is_empty:
        return False
    fits_level = not level or part.level in {"", level}
    fits_type = not meeting_type or part.meeting_type in {"", meeting_type}
    is_named = (not level or part.level == level) and (not meeting_type or part.meeting_type == meeting_type)
    return fits_level and fits_type and not is_named
