"""Decisions of who may do what. A refusal carries the sentence the person reads."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Role, Unit, User


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
    """A unit administrator manages the people of the unit and of every unit in the localities below it."""
    if user.scope.is_system_admin:
        return ALLOWED
    for membership in user.scope.memberships:
        if membership.role != Role.UNIT_ADMIN:
            continue
        own = membership.unit
        if own.pk == unit.pk or unit.superior_id == own.pk or unit.locality.path.startswith(own.locality.path):
            return ALLOWED
    return Decision(False, _("Only an administrator of this unit or of a unit above it manages its people."))


def may_open_settings(user: User) -> Decision:
    if user.scope.has_role(Role.UNIT_ADMIN, Role.SYSTEM_ADMIN):
        return ALLOWED
    return Decision(False, _("The settings are open to unit administrators and system administrators."))


def may_end_membership(user: User, membership: Membership) -> Decision:
    if membership.user_id == user.pk and membership.role in {Role.UNIT_ADMIN, Role.SYSTEM_ADMIN}:
        return Decision(False, _("You can't take your own administrator role away; ask another administrator."))
    return may_manage_people(user, membership.unit)
