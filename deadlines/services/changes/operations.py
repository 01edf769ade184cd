"""Carries out the operations of a change through the services that check and record each of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Locality, User
from deadlines.models import CalendarDay, Regulation, Rule
from deadlines.services.calendar import forget_calendars
from deadlines.services.calendar_days import FIELDS as DAY_FIELDS
from deadlines.services.calendar_days import add_calendar_day, edit_calendar_day, remove_calendar_day
from deadlines.services.regulations import (
    REGULATION_FIELDS,
    RULE_FIELDS,
    add_rule,
    create_regulation,
    edit_regulation,
    edit_rule,
    remove_rule,
)

# Applying a change and moving a deadline wait for each other: a deadline is never worked out by a calendar that is
# just being changed and written after the change has counted it.
_LOCK = 20_260_711
_DATES = {"day", "decision_date", "issued_on", "in_force_from", "in_force_to"}
_LOCALITIES = {"locality", "jurisdiction"}


@dataclass
class Carried:
    """What carrying out the operations touched: days of the calendar, and places with everything in them."""

    days: set[date] = field(default_factory=set)
    places: list[Locality | None] = field(default_factory=list)
    regulation: Regulation | None = None


@contextmanager
def undone() -> Iterator[None]:
    """What is done within is undone at its end, and no calendar that was seen in it is remembered."""
    forget_calendars()
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        forget_calendars()


def one_at_a_time() -> None:
    """Until the end of the transaction nobody else applies a change or moves a deadline for one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def hold_changes_off() -> None:
    """Until the end of the transaction no change is applied: what is counted now is kept before a change looks for it.

    For whatever starts a clock, and before it locks a row: a change takes its lock before the row of a record.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])
    forget_calendars()


def carry_out(operations: list[dict], *, actor: User) -> Carried:
    """Does each operation in turn; the first that is refused refuses them all."""
    carried = Carried()
    if not operations:
        raise ServiceError(_("There is nothing to change."))
    for operation in operations:
        carry_out_one(operation, actor=actor, carried=carried)
    forget_calendars()
    return carried


def carry_out_one(operation: dict, *, actor: User, carried: Carried) -> None:
    try:
        doing = _DOINGS[operation["op"]]
        doing(operation, actor, carried)
    except (KeyError, TypeError, ValueError) as error:
        raise ServiceError(_("The change can't be read: propose it again.")) from error


def _fields(operation: dict, names: tuple[str, ...]) -> dict:
    """The operation's values as the services take them."""
    values = {name: operation[name] for name in names if name in operation}
    for name in _DATES & values.keys():
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    for name in _LOCALITIES & values.keys():
        values[name] = _existing(Locality, values[name]) if values[name] else None
    if values.get("replaces"):
        values["replaces"] = _existing(Regulation, values["replaces"])
    return values


def _existing(model, pk: int):
    found = model.objects.filter(pk=pk).first()
    if found is None:
        raise ServiceError(
            _("%(what)s that the change names no longer exists.") % {"what": model._meta.verbose_name.capitalize()}
        )
    return found


def _add_day(operation: dict, actor: User, carried: Carried) -> None:
    _touch_day(carried, add_calendar_day(actor=actor, **_fields(operation, DAY_FIELDS)))


def _edit_day(operation: dict, actor: User, carried: Carried) -> None:
    saved = CalendarDay.objects.select_related("locality").filter(pk=operation["pk"]).first()
    if saved is None:
        raise ServiceError(_("The day has been removed by somebody else."))
    _touch_day(carried, saved)
    fields = _fields(operation, DAY_FIELDS)
    _touch_day(carried, edit_calendar_day(saved, actor=actor, version=operation["version"], **fields))


def _remove_day(operation: dict, actor: User, carried: Carried) -> None:
    saved = CalendarDay.objects.select_related("locality").filter(pk=operation["pk"]).first()
    if saved is None:
        raise ServiceError(_("The day has been removed by somebody else."))
    _touch_day(carried, saved)
    remove_calendar_day(saved, actor=actor, version=operation["version"])


def _touch_day(carried: Carried, day: CalendarDay) -> None:
    carried.days.add(day.day)
    carried.places.append(day.locality)


def _create_regulation(operation: dict, actor: User, carried: Carried) -> None:
    regulation = create_regulation(actor=actor, **_fields(operation, REGULATION_FIELDS))
    carried.regulation = regulation
    _touch_regulation(carried, regulation)


def _edit_regulation(operation: dict, actor: User, carried: Carried) -> None:
    saved = _existing(Regulation, operation["pk"])
    _touch_regulation(carried, saved)
    fields = _fields(operation, REGULATION_FIELDS)
    _touch_regulation(carried, edit_regulation(saved, actor=actor, version=operation["version"], **fields))


def _touch_regulation(carried: Carried, regulation: Regulation) -> None:
    carried.places.append(regulation.jurisdiction)
    if regulation.replaces:
        carried.places.append(regulation.replaces.jurisdiction)


def _add_rule(operation: dict, actor: User, carried: Carried) -> None:
    pk = operation.get("regulation")
    regulation = _existing(Regulation, pk) if pk else carried.regulation
    add_rule(regulation, actor=actor, **_fields(operation, RULE_FIELDS))
    carried.places.append(regulation.jurisdiction)


def _edit_rule(operation: dict, actor: User, carried: Carried) -> None:
    saved = _saved_rule(operation)
    edit_rule(saved, actor=actor, version=operation["version"], **_fields(operation, RULE_FIELDS))
    carried.places.append(saved.regulation.jurisdiction)


def _remove_rule(operation: dict, actor: User, carried: Carried) -> None:
    saved = _saved_rule(operation)
    remove_rule(saved, actor=actor, version=operation["version"])
    carried.places.append(saved.regulation.jurisdiction)


def _saved_rule(operation: dict) -> Rule:
    saved = Rule.objects.select_related("regulation__jurisdiction").filter(pk=operation["pk"]).first()
    if saved is None:
        raise ServiceError(_("The rule has been removed already."))
    return saved


_DOINGS: dict[str, Callable[[dict, User, Carried], None]] = {
    "add_day": _add_day,
    "edit_day": _edit_day,
    "remove_day": _remove_day,
    "create_regulation": _create_regulation,
    "edit_regulation": _edit_regulation,
    "add_rule": _add_rule,
    "edit_rule": _edit_rule,
    "remove_rule": _remove_rule,
}
CALENDAR_OPERATIONS = frozenset({"add_day", "edit_day", "remove_day"})
