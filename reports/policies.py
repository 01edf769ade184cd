"""Who sees which figures, and who enters returns."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from accounts.models import Locality, Role, User
from accounts.policies import ALLOWED, Decision
from reports.models import Return

ENTERING_ROLES = frozenset({Role.CLERK, Role.LEADER, Role.UNIT_ADMIN})


@dataclass(frozen=True)
class Area:
    """A part of the tree whose figures a person may see: a whole subtree, or a locality's own work alone."""

    locality: Locality
    is_subtree: bool


def area_for(user: User, locality: Locality) -> Area | None:
    """Oversight roles see the subtree; a clerk or officer their own locality's work, in a commune with its areas."""
    scope = user.scope
    if scope.is_system_admin or any(locality.path.startswith(path) for path in scope.subtree_paths):
        return Area(locality, is_subtree=True)
    for membership in scope.memberships:
        own = membership.unit.locality
        if own.kind == "commune" and locality.path.startswith(own.path):
            return Area(locality, is_subtree=True)
        if own.pk == locality.pk:
            return Area(locality, is_subtree=False)
    return None


def may_enter_somewhere(user: User) -> Decision:
    if user.scope.is_system_admin or user.scope.has_role(*ENTERING_ROLES):
        return ALLOWED
    return Decision(False, _("Returns are entered by clerks, leaders and unit administrators."))


def may_enter_for(user: User, locality: Locality) -> Decision:
    """A clerk, leader or unit administrator of a unit in that locality or above it."""
    if user.scope.is_system_admin:
        return ALLOWED
    for membership in user.scope.memberships:
        if membership.role in ENTERING_ROLES and locality.path.startswith(membership.unit.locality.path):
            return ALLOWED
    return Decision(
        False,
        _(
            "Returns of a locality are entered by the clerks, leaders and administrators of its units or of those above."
        ),
    )


def may_change(user: User, record: Return) -> Decision:
    return may_enter_for(user, record.locality)
