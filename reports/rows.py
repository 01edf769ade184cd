"""The rows behind each figure. What is counted in SQL is found here through the ORM; a test holds the two together."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from feedback.models import (
    OPEN_ASSIGNMENT_STATES,
    STATUTORY_CATEGORIES,
    Assignment,
    AssignmentState,
    Category,
    Competence,
    Opinion,
    OpinionState,
    Resolution,
    Speech,
    past_due,
)
from meetings.models import Attendance, Meeting
from reports.figures import Figures
from reports.models import Return
from reports.sums import MEASURES, add

OPINION_STATES = {
    "on_the_spot": [OpinionState.ANSWERED],
    "in_writing": [OpinionState.REPLIED],
    "pending": [OpinionState.RECORDED, OpinionState.ASSIGNED],
    "transferred": [OpinionState.TRANSFERRED],
}
STATUSES = ("on_time", "late", "pending", "overdue")
NONE = "none"  # a level or type that the source does not state


class NoSuchFigure(LookupError):
    """The address names no figure."""


@dataclass(frozen=True)
class FromReturn:
    """What a return contributes to the figure."""

    record: Return
    number: int
    bound: str


@dataclass(frozen=True)
class Rows:
    """The rows of one figure: live records of a kind, and contributions of returns."""

    kind: str  # "meetings", "speeches", "opinions" or "assignments"
    records: QuerySet
    measure: str = ""  # of the meetings: what is added up
    returns: tuple[FromReturn, ...] = field(default_factory=tuple)


def _held(found: Figures) -> QuerySet:
    """All live meetings of the choice, those inside a return too."""
    meetings = Meeting.objects.exclude(held_on=None)
    place = Q(locality__path__startswith=found.locality.path) if found.is_subtree else Q(locality=found.locality)
    meetings = meetings.filter(place)
    if found.period_from:
        meetings = meetings.filter(held_on__gte=found.period_from)
    if found.period_to:
        meetings = meetings.filter(held_on__lte=found.period_to)
    return _of_kind(found, meetings)


def _of_kind(found: Figures, meetings: QuerySet, prefix: str = "") -> QuerySet:
    asked = {"level": found.level, "meeting_type": found.meeting_type}
    return meetings.filter(**{f"{prefix}{name}": value for name, value in asked.items() if value})


def _counted(found: Figures) -> QuerySet:
    """The live meetings that are added: those that no included return holds."""
    meetings = _held(found)
    for cover in found.covers:
        inside = Q(locality__path__startswith=cover.path, held_on__gte=cover.day_from, held_on__lte=cover.day_to)
        if cover.level:
            inside &= Q(level=cover.level)
        if cover.meeting_type:
            inside &= Q(meeting_type=cover.meeting_type)
        meetings = meetings.exclude(inside)
    return meetings


def _opinions(found: Figures) -> QuerySet:
    return Opinion.objects.filter(meeting__in=_counted(found)).exclude(category__in=STATUTORY_CATEGORIES)


def rows_behind(found: Figures, what: str, keys: dict[str, str]) -> Rows:
    """The rows of the figure that ``what`` and ``keys`` name."""
    if any("\x00" in value for value in keys.values()):
        raise NoSuchFigure(what)  # the database has no such text
    if what in MEASURES:
        return _measure(found, what, keys.get("cell_level"), keys.get("cell_type"))
    if what == "field":
        return _field(found, keys.get("name", ""))
    if what in _LIVE:
        return _LIVE[what](found, keys)
    raise NoSuchFigure(what)


def _measure(found: Figures, measure: str, level: str | None, meeting_type: str | None) -> Rows:
    def fits(part) -> bool:
        return (level is None or part.level == level.replace(NONE, "")) and (
            meeting_type is None or part.meeting_type == meeting_type.replace(NONE, "")
        )

    asked = {"level": level, "meeting_type": meeting_type}
    cell = {name: "" if value == NONE else value for name, value in asked.items() if value is not None}
    returns = []
    for one in found.included:
        value = add([part for part in one.parts if fits(part)], [one.whole] if one.whole else [])
        number = getattr(value, measure)
        if number is not None:
            returns.append(FromReturn(one.record, number, getattr(value, f"{measure}_bound", "exact")))
    if measure in {"opinions", "answered", "speeches"}:
        prefixed = {f"meeting__{name}": value for name, value in cell.items()}
        if measure == "speeches":
            kind = "speeches"
            records = Speech.objects.filter(meeting__in=_counted(found), is_advance=False, **prefixed)
        else:
            kind = "opinions"
            records = _opinions(found).filter(**prefixed)
            if measure == "answered":
                records = records.filter(state__in=[OpinionState.ANSWERED, OpinionState.REPLIED])
    else:
        kind, records = "meetings", _counted(found).filter(**cell)
    return Rows(kind, records, measure, tuple(returns))


def _field(found: Figures, name: str) -> Rows:
    """A field under its own name, and the fields beneath it."""
    group = next((group for group in found.field_groups if group.name == name), None)
    names = {part for part, _number in group.parts} | {name} if group else {name}
    returns = [
        FromReturn(one.record, number, "exact")
        for one in found.included
        if (number := sum(n for own, above, n in one.by_field if own == name or (above or own) == name))
    ]
    records = _opinions(found).filter(field__name__in=names)
    return Rows("opinions", records, "", tuple(returns))


def _chosen(keys: dict[str, str], name: str, allowed) -> str:
    value = keys.get(name, "")
    if value not in allowed:
        raise NoSuchFigure(f"{name}={value}")
    return value


def _number(keys: dict[str, str], name: str) -> int:
    value = keys.get(name, "")
    if not value.isdecimal() or len(value) > 9:
        raise NoSuchFigure(f"{name}={value}")
    return int(value)


def _day(keys: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(keys.get(name, ""))
    except ValueError as error:
        raise NoSuchFigure(name) from error


def _by_state(found: Figures, keys) -> Rows:
    return Rows("opinions", _opinions(found).filter(state__in=OPINION_STATES[_chosen(keys, "key", OPINION_STATES)]))


def _by(name: str, allowed: list[str]):
    def rows(found: Figures, keys) -> Rows:
        return Rows("opinions", _opinions(found).filter(**{name: _chosen(keys, "key", allowed)}))

    return rows


def _statutory(found: Figures, keys) -> Rows:
    category = _chosen(keys, "key", [Category.COMPLAINT, Category.DENUNCIATION])
    return Rows("opinions", Opinion.objects.filter(meeting__in=_counted(found), category=category))


def _notices(found: Figures, keys) -> Rows:
    late = Q(notice__days_late__gt=0) | Q(notice__days_late=None, concluded_on__gt=F("conclusion_due_on"))
    meetings = _held(found).alias(
        status=Case(
            When(concluded_on=None, conclusion_due_on__lt=found.on, then=Value("overdue")),
            When(concluded_on=None, then=Value("pending")),
            When(late, then=Value("late")),
            default=Value("on_time"),
        )
    )
    if "key" in keys:
        meetings = meetings.filter(status=_chosen(keys, "key", STATUSES))
    if "month" in keys:
        month = _day({"month": f"{keys['month']}-01"}, "month")
        meetings = meetings.filter(held_on__year=month.year, held_on__month=month.month)
    if "place" in keys:
        meetings = meetings.filter(locality_id=_number(keys, "place"))
    if "days" in keys:
        low, _dash, high = keys["days"].partition("-")
        meetings = meetings.filter(notice__days_late__gte=_number({"days": low}, "days"))
        if high:
            meetings = meetings.filter(notice__days_late__lte=_number({"days": high}, "days"))
    return Rows("meetings", meetings)


def _assignments(found: Figures, keys) -> Rows:
    live = [*OPEN_ASSIGNMENT_STATES, AssignmentState.REPLIED, AssignmentState.SETTLED]
    chosen = Assignment.objects.filter(opinion__meeting__in=_held(found), state__in=live).alias(
        status=Case(
            When(past_due(found.on), replied_on=None, then=Value("overdue")),
            When(replied_on=None, then=Value("pending")),
            When(replied_on__gt=F("due_on"), then=Value("late")),
            default=Value("on_time"),
        )
    )
    if "key" in keys:
        chosen = chosen.filter(status=_chosen(keys, "key", STATUSES))
    if "department" in keys:
        chosen = chosen.filter(lead_department_id=_number(keys, "department"))
    return Rows("assignments", chosen)


def _overdue_notices(found: Figures, keys) -> Rows:
    place = Q(locality__path__startswith=found.locality.path) if found.is_subtree else Q(locality=found.locality)
    meetings = _of_kind(found, Meeting.objects.filter(place).overdue(on=found.on))
    return Rows("meetings", _due(meetings, keys, "conclusion_due_on", "locality_id"))


def _overdue_assignments(found: Figures, keys) -> Rows:
    name = "opinion__meeting__locality"
    place = Q(**{f"{name}__path__startswith": found.locality.path}) if found.is_subtree else Q(**{name: found.locality})
    chosen = _of_kind(found, Assignment.objects.filter(place).overdue(on=found.on), "opinion__meeting__")
    return Rows("assignments", _due(chosen, keys, "due_on", "lead_department_id"))


def _due(records: QuerySet, keys, due_on: str, owner: str) -> QuerySet:
    if "due_on" in keys:
        records = records.filter(**{due_on: _day(keys, "due_on")})
    if "owner" in keys:
        records = records.filter(**{owner: _number(keys, "owner")})
    return records


_LIVE = {
    "opinion_state": _by_state,
    "category": _by("category", Category.values),
    "competence": _by("competence", Competence.values),
    "resolution": _by("resolution", Resolution.values),
    "statutory": _statutory,
    "notices": _notices,
    "assignments": _assignments,
    "overdue_notices": _overdue_notices,
    "overdue_assignments": _overdue_assignments,
}


def for_table(rows: Rows) -> QuerySet:
    """The records with what their table shows, newest first."""
    if rows.kind == "meetings":
        people = Attendance.objects.filter(meeting=OuterRef("pk")).order_by().values("meeting")
        return (
            rows.records.select_related("locality", "host_unit", "notice")
            .annotate(
                people=Subquery(people.annotate(n=Sum("number")).values("n")),
                raised=Coalesce(
                    Subquery(
                        Opinion.objects.filter(meeting=OuterRef("pk"))
                        .exclude(category__in=STATUTORY_CATEGORIES)
                        .order_by()
                        .values("meeting")
                        .annotate(n=Count("pk"))
                        .values("n")
                    ),
                    0,
                ),
            )
            .order_by("-held_on", "-pk")
        )
    if rows.kind == "speeches":
        return (
            rows.records.select_related("meeting__locality")
            .annotate(raised=Count("opinions"))
            .order_by("-meeting__held_on", "-meeting", "position", "pk")
        )
    if rows.kind == "opinions":
        return rows.records.select_related("meeting__locality", "field").order_by(
            "-meeting__held_on", "-meeting", "number"
        )
    return rows.records.select_related("opinion__meeting__locality", "lead_department").order_by("due_on", "pk")


def live_number(rows: Rows) -> int:
    """What the live rows contribute: their count, or for attendances their sum."""
    if rows.measure == "attendances":
        return Attendance.objects.filter(meeting__in=rows.records).aggregate(n=Coalesce(Sum("number"), 0))["n"]
    return rows.records.count()
