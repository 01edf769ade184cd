"""What the days of a file change in the calendar."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from deadlines.counting import Calendar, long_date
from deadlines.importing.days import ImportedDay
from deadlines.models import CalendarDay, DayKind


@dataclass
class Comparison:
    """What the file changes in the calendar, as operations of a change; the rest as in ``Reading``."""

    operations: list[dict] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def compare(
    days: Iterable[ImportedDay], *, entries: Iterable[CalendarDay], without: Calendar, locality: int | None
) -> Comparison:
    """What the days change beside the ``entries`` that stand at the same place.

    ``without`` is the calendar as it would be if that place had no days of its own: a make-up day has to be a day off by
    it, a day off a working day or a holiday. ``locality`` is the place's key, none for the whole country.
    """
    found = Comparison()
    known = {entry.day: entry for entry in entries}
    for one in days:
        if problem := _senseless(one, without):
            found.problems.append(f"{one.where}: {problem}")
            continue
        entry = known.get(one.day)
        if entry is None:
            if _is_known_already(one, without):
                found.notes.append(
                    _("%(day)s is known without an entry already: left as it is.") % {"day": long_date(one.day)}
                )
                continue
            found.operations.append({"op": "add_day", **_fields(one), "locality": locality})
        elif _says_the_same(entry, one):
            found.notes.append(
                _("%(day)s stands in the calendar with the same content: left as it is.") % {"day": long_date(one.day)}
            )
        else:
            found.operations.append(
                {"op": "edit_day", "pk": entry.pk, "version": entry.version, **_fields(one), "locality": locality}
            )
            found.notes.append(
                _("%(day)s stands in the calendar as “%(name)s”: the file changes it.")
                % {"day": long_date(one.day), "name": entry.name}
            )
    return found


def _fields(one: ImportedDay) -> dict:
    return {
        "day": one.day.isoformat(),
        "kind": str(one.kind),
        "name": one.name,
        "decision_number": one.decision_number,
        "decision_date": one.decision_date.isoformat() if one.decision_date else None,
    }


def _says_the_same(entry: CalendarDay, one: ImportedDay) -> bool:
    names = ("kind", "name", "decision_number", "decision_date")
    return all(getattr(entry, name) == getattr(one, name) for name in names)


def _is_known_already(one: ImportedDay, without: Calendar) -> bool:
    """A list of the year's days names those that the law gives, too: without a decision it adds nothing to them."""
    known = without.days_off if one.kind == DayKind.DAY_OFF else without.working_days
    return not one.decision_number and one.day in known


def _senseless(one: ImportedDay, without: Calendar) -> str:
    day = long_date(one.day)
    if one.kind == DayKind.WORKING_DAY and one.day.weekday() < 5 and without.is_working_day(one.day):
        return _("%(day)s is a working day already; a make-up day is a day off on which people work.") % {"day": day}
    if one.kind == DayKind.DAY_OFF and one.day.weekday() >= 5 and without.is_day_off(one.day):
        return _("%(day)s is a day off every week: it needs no entry.") % {"day": day}
    return ""
