"""Decisions of who may do what. A refusal carries the sentence the person reads."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import COMMITTEES, Locality, Membership, Role, Unit, User


@dataclass(frozen=True)
class Decision:
    """Truthy when allowed; otherwise ``reason`` says why not."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed


ALLOWED = Decision(True)


class Refused(PermissionDenied):
    """Inside the scope but not allowed: answers 403 with the reason on the page."""

    def __init__(self, reason):
        super().__init__(str(reason))
        self.reason = reason


def require(decision: Decision) -> None:
    """Raises ``Refused`` with the decision's reason unless it allows."""
    if not decision:
        raise Refused(decision.reason)


def has_role_in(user: User, unit: Unit, *roles: str) -> bool:
    """Whether one of the roles is held today in exactly this unit (system administrators always)."""
    scope = user.scope
    return scope.is_system_admin or any(m.unit_id == unit.pk and m.role in roles for m in scope.memberships)


def works_for(user: User, unit: Unit, *roles: str, reason) -> Decision:
    """Allowed when one of the roles is held in the unit, otherwise refused with ``reason``."""
    return ALLOWED if has_role_in(user, unit, *roles) else Decision(False, reason)


def may_manage_people(user: User, unit: Unit) -> Decision:
    """A unit administrator manages the people of the unit and of the units below it, never above or beside it."""
    if user.scope.is_system_admin or unit.pk in user.scope.unit_ids_as(Role.UNIT_ADMIN):
        return ALLOWED
    if Unit.objects.managed_by(user).filter(pk=unit.pk).exists():
        return ALLOWED
    return Decision(False, _("Only an administrator of this unit or of a unit above it manages its people."))


def may_open_settings(user: User) -> Decision:
    if user.scope.is_system_admin or user.scope.has_role(Role.UNIT_ADMIN):
        return ALLOWED
    return Decision(False, _("The settings are open to unit administrators and system administrators."))


def may_see_system(user: User) -> Decision:
    """Host names and what the servers say are for those alone who look after them."""
    if user.scope.is_system_admin:
        return ALLOWED
    return Decision(False, _("The state of the system is open to system administrators."))


def may_edit_person(user: User, person: User) -> Decision:
    """Who may change the account itself: name, e-mail, active or not.

    Whoever changes an e-mail address can receive the link for a new password, so it takes an administrator of every
    unit in which the person holds a role; otherwise a ward could take over a superior's account.
    """
    if user.scope.is_system_admin:
        return ALLOWED
    if person.is_superuser:
        return Decision(False, _("Only a system administrator changes the account of a system administrator."))
    roles = list(person.memberships.filter(Q(valid_to=None) | Q(valid_to__gte=timezone.localdate())))
    roles = roles or list(person.memberships.all())
    if any(m.role == Role.SYSTEM_ADMIN for m in roles):
        return Decision(False, _("Only a system administrator changes the account of a system administrator."))
    units = {m.unit_id for m in roles}
    if units and Unit.objects.managed_by(user).filter(pk__in=units).count() == len(units):
        return ALLOWED
    return Decision(
        False,
        _(
            "This person also holds a role in a unit that you don't administer; "
            "a system administrator or the administrator of all those units changes the account."
        ),
    )


def may_deactivate_person(user: User, person: User) -> Decision:
    if user.pk == person.pk:
        return Decision(False, _("You can't close your own account; ask another administrator."))
    return may_edit_person(user, person)


def may_give_role(user: User, unit: Unit, role: str) -> Decision:
    if role == Role.SYSTEM_ADMIN and not user.scope.is_system_admin:
        return Decision(False, _("Only a system administrator makes somebody a system administrator."))
    return may_manage_people(user, unit)


def may_end_membership(user: User, membership: Membership) -> Decision:
    if membership.user_id == user.pk and membership.role in {Role.UNIT_ADMIN, Role.SYSTEM_ADMIN}:
        return Decision(False, _("You can't take your own administrator role away; ask another administrator."))
    if membership.role == Role.SYSTEM_ADMIN and not user.scope.is_system_admin:
        return Decision(False, _("Only a system administrator takes the role of a system administrator away."))
    return may_manage_people(user, membership.unit)


def may_create_unit(user: User, locality: Locality, superior: Unit | None) -> Decision:
    """A new unit goes below one that the user administers, in that one's locality or below it."""
    if user.scope.is_system_admin:
        return ALLOWED
    if superior is None:
        return Decision(False, _("Only a system administrator opens a unit that has no superior body."))
    if not locality.path.startswith(superior.locality.path):
        return Decision(False, _("The unit has to be in the locality of its superior body or below it."))
    return may_manage_people(user, superior)


def may_edit_unit(user: User, unit: Unit) -> Decision:
    return may_manage_people(user, unit)


def may_dissolve_unit(user: User, unit: Unit) -> Decision:
    if not user.scope.is_system_admin and unit.pk in user.scope.unit_ids_as(Role.UNIT_ADMIN):
        return Decision(False, _("You can't dissolve the unit you administer; the unit above it does."))
    return may_manage_people(user, unit)


def may_add_residential_area(user: User, commune: Locality) -> Decision:
    """The administrator of a committee of the commune, or of a locality above it, keeps its residential areas."""
    own = [m.unit for m in user.scope.memberships if m.role == Role.UNIT_ADMIN and m.unit.kind in COMMITTEES]
    if user.scope.is_system_admin or any(commune.path.startswith(unit.locality.path) for unit in own):
        return ALLOWED
    return Decision(False, _("Only an administrator of a committee of this commune adds its residential areas."))
