"""Who may change the calendar and the regulations. Reading them is open to everybody who works with them."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Locality, Role, User
from accounts.policies import ALLOWED, Decision
from deadlines.models import Change


def administered_paths(user: User) -> frozenset[str]:
    """Roots of the subtrees whose rules and days a unit administrator keeps."""
    return frozenset(m.unit.locality.path for m in user.scope.memberships if m.role == Role.UNIT_ADMIN)


def administered_localities(user: User):
    """Places for which the person may set days and rules."""
    if user.scope.is_system_admin:
        return Locality.objects.all()
    roots = Locality.objects.none()
    for path in sorted(administered_paths(user)):
        roots = roots | Locality.objects.filter(path__startswith=path)
    return roots


def may_open_rules(user: User) -> Decision:
    """Whether there is anything for the person to set at all."""
    if user.scope.is_system_admin or administered_paths(user):
        return ALLOWED
    return Decision(False, _("Only unit administrators and system administrators change the calendar and the rules."))


def may_set_day(user: User, locality: Locality | None) -> Decision:
    """The country's days are the system administrator's, a place's those of its unit administrator."""
    if locality is None and not user.scope.is_system_admin:
        if administered_paths(user):
            return Decision(False, _("Only a system administrator changes the calendar of the whole country."))
        return may_open_rules(user)
    return _administers(user, locality)


def may_set_rules(user: User, jurisdiction: Locality) -> Decision:
    return _administers(user, jurisdiction)


def may_decide_change(user: User, change: Change) -> Decision:
    """Whoever may set the days or rules of all that a change touches may review, apply or discard it."""
    return may_change(user, change.locality)


def may_change(user: User, root: Locality | None) -> Decision:
    """Whether the person sets the days and rules of the place and everything in it; None: of the whole country."""
    return may_set_day(user, root)


def may_set_schedule(user: User, locality: Locality | None) -> Decision:
    """The country's schedule of reminders is the system administrator's, a place's that of its unit administrator."""
    if locality is None and not user.scope.is_system_admin:
        if administered_paths(user):
            return Decision(False, _("Only a system administrator changes the schedule of the whole country."))
        return Decision(False, _("Only unit administrators and system administrators change when people are reminded."))
    return _administers(user, locality)


def may_confirm_year(user: User) -> Decision:
    if user.scope.is_system_admin:
        return ALLOWED
    return Decision(False, _("Only a system administrator confirms the calendar of a year."))


def _administers(user: User, locality: Locality | None) -> Decision:
    if user.scope.is_system_admin:
        return ALLOWED
    if any(locality.path.startswith(path) for path in administered_paths(user)):
        return ALLOWED
    if administered_paths(user):
        return Decision(False, _("This holds outside the places that you administer."))
    return may_open_rules(user)
