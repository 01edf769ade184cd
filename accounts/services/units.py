"""The bodies that act in localities."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import journal
from accounts.errors import ServiceError, StaleVersion
from accounts.models import Locality, Membership, Unit, User
from accounts.policies import may_create_unit, may_dissolve_unit, may_edit_unit, may_manage_people, require
from accounts.text import nfc

_EDITABLE = ("name", "kind", "abbreviation", "superior", "head_title", "seat", "term")


@transaction.atomic
def create_unit(
    *,
    actor: User,
    locality: Locality,
    name: str,
    kind: str,
    abbreviation: str,
    superior: Unit | None = None,
    head_title: str = "",
    seat: str = "",
    term: str = "",
) -> Unit:
    """Opens a unit in a locality that exists today."""
    require(may_create_unit(actor, locality, superior))
    if not locality.exists_on(timezone.localdate()):
        raise ServiceError(
            _("%(locality)s does not exist today; open the unit in its successor.") % {"locality": locality},
            field="locality",
        )
    unit = Unit(
        locality=locality,
        name=_name(name),
        kind=kind,
        abbreviation=nfc(abbreviation.strip()),
        superior=superior,
        head_title=nfc(head_title.strip()),
        seat=nfc(seat.strip()),
        term=term.strip(),
    )
    _check(unit)
    unit.save()
    journal.record(actor=actor, verb="create_unit", target=unit, sentence=f"đã lập đơn vị {unit} tại {locality}")
    return unit


@transaction.atomic
def edit_unit(unit: Unit, *, actor: User, version: int, **fields) -> Unit:
    """Changes a unit's name, kind, superior or what its documents print."""
    unit = Unit.objects.select_for_update(of=("self",)).select_related("locality").get(pk=unit.pk)
    require(may_edit_unit(actor, unit))
    if unit.version != version:
        raise StaleVersion(_("Somebody else changed this unit meanwhile."), current=unit)
    unknown = set(fields) - set(_EDITABLE)
    if unknown:
        raise TypeError(f"edit_unit() doesn't change {', '.join(sorted(unknown))}")
    fields = {name: nfc(value.strip()) if isinstance(value, str) else value for name, value in fields.items()}
    if "name" in fields:
        fields["name"] = _name(fields["name"])
    changed = [name for name, value in fields.items() if getattr(unit, name) != value]
    if not changed:
        return unit
    if "superior" in changed:
        _may_move(actor, fields["superior"])
    for name in changed:
        setattr(unit, name, fields[name])
    _check(unit)
    unit.version += 1
    unit.save()
    journal.record(
        actor=actor,
        verb="edit_unit",
        target=unit,
        sentence=f"đã sửa thông tin đơn vị {unit}",
        data={"changed": sorted(changed)},
    )
    return unit


@transaction.atomic
def dissolve_unit(unit: Unit, *, actor: User, dissolved_on: date | None = None) -> Unit:
    """Dissolves a unit: ``dissolved_on`` is the first day without it. What it did stays visible."""
    unit = Unit.objects.select_for_update(of=("self",)).select_related("locality").get(pk=unit.pk)
    require(may_dissolve_unit(actor, unit))
    day = dissolved_on or timezone.localdate()
    if unit.dissolved_on is not None:
        raise ServiceError(_("This unit was dissolved on %(day)s.") % {"day": f"{unit.dissolved_on:%d/%m/%Y}"})
    below = Unit.objects.active(on=day).filter(superior=unit).count()
    if below:
        raise ServiceError(
            _("Units below it still exist (%(number)s): dissolve them or give them another superior body first.")
            % {"number": below},
            field="dissolved_on",
        )
    if Membership.objects.current(on=max(day, timezone.localdate())).filter(unit=unit).exists():
        raise ServiceError(_("People still hold roles in it on that day: end their roles first."), field="dissolved_on")
    unit.dissolved_on = day
    unit.version += 1
    unit.save(update_fields=["dissolved_on", "version"])
    journal.record(
        actor=actor,
        verb="dissolve_unit",
        target=unit,
        sentence=f"đã giải thể đơn vị {unit} từ ngày {day:%d/%m/%Y}",
    )
    return unit


def _may_move(actor: User, superior: Unit | None) -> None:
    if superior is None:
        if not actor.scope.is_system_admin:
            raise ServiceError(
                _("Only a system administrator leaves a unit without a superior body."), field="superior"
            )
        return
    require(may_manage_people(actor, superior))


def _name(name: str) -> str:
    name = nfc(" ".join(name.split()))
    if not name:
        raise ServiceError(_("Write the unit's name."), field="name")
    return name


def _check(unit: Unit) -> None:
    """What must be true of a unit whoever writes it."""
    same = Unit.objects.filter(locality=unit.locality, name__iexact=unit.name)
    if same.exclude(pk=unit.pk).exists():
        raise ServiceError(_("A unit of this name exists in this locality."), field="name")
    above, seen = unit.superior, set()
    while above is not None and above.pk not in seen:
        if above.pk == unit.pk:
            raise ServiceError(
                _("A unit can't be its own superior body, directly or through others."), field="superior"
            )
        seen.add(above.pk)
        above = above.superior
    if unit.superior is not None and not unit.locality.path.startswith(unit.superior.locality.path):
        raise ServiceError(_("The superior body has to act in the same locality or in one above it."), field="superior")
