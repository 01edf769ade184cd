"""What a person may see, worked out once a request from the roles they hold today.

Oversight roles (leader, supervisor, unit administrator) see their locality's whole subtree; working roles (clerk,
department officer) see their own unit's work and the work of their own locality with its residential areas.
"""

from collections.abc import Sequence
from functools import cached_property

from django.db.models import Q


class Scope:
    """The visible part of the tree. ``memberships`` carry ``unit.locality`` already fetched."""

    def __init__(self, memberships: Sequence, *, is_system_admin: bool = False):
        self.memberships = list(memberships)
        self.is_system_admin = is_system_admin or self.has_role("system_admin")

    def has_role(self, *roles: str) -> bool:
        return any(m.role in roles for m in self.memberships)

    @cached_property
    def unit_ids(self) -> frozenset[int]:
        return frozenset(m.unit_id for m in self.memberships)

    def unit_ids_as(self, *roles: str) -> frozenset[int]:
        return frozenset(m.unit_id for m in self.memberships if m.role in roles)

    @cached_property
    def subtree_paths(self) -> frozenset[str]:
        """Roots of the subtrees seen whole."""
        return frozenset(
            m.unit.locality.path for m in self.memberships if m.role in {"leader", "supervisor", "unit_admin"}
        )

    @cached_property
    def working_paths(self) -> frozenset[str]:
        """Localities whose own work is seen, not that of the communes below them."""
        return frozenset(m.unit.locality.path for m in self.memberships if m.role in {"clerk", "officer"})

    def locality_condition(self, lookup: str) -> Q:
        """A condition on a locality path field, e.g. ``"locality__path"``."""
        if self.is_system_admin:
            return Q()
        condition = Q(pk__in=[])
        for path in sorted(self.subtree_paths):
            condition |= Q(**{f"{lookup}__startswith": path})
        for m in self.memberships:
            if m.role not in {"clerk", "officer"}:
                continue
            locality = m.unit.locality
            condition |= Q(**{lookup: locality.path})
            if locality.kind == "commune":
                condition |= Q(**{f"{lookup}__startswith": locality.path})
        return condition
