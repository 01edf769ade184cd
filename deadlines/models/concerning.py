"""What holds at a place: set there, above it for all below, or below it."""

from django.db.models import Q

from accounts.models import Locality


def concerning(user, lookup: str) -> Q:
    """What holds in the places a person may see: set there, below, or above for all of the subtree."""
    paths = {membership.unit.locality.path for membership in user.scope.memberships}
    above = {path[:end] for path in paths for end in range(Locality.steplen, len(path) + 1, Locality.steplen)}
    return user.scope.locality_condition(lookup) | Q(**{f"{lookup}__in": above})
