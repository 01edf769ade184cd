from dataclasses import dataclass, field


@dataclass(frozen=True)
class Acting:
    """Who is acting: the roles held, the one chosen, and what the navigation shows for them."""

    memberships: list = field(default_factory=list)
    membership: object = None
    roles: frozenset = frozenset()
    is_system_admin: bool = False

    @property
    def can_record(self) -> bool:
        return self.is_system_admin or bool(self.roles & {"clerk", "leader"})

    @property
    def can_answer(self) -> bool:
        return self.is_system_admin or "officer" in self.roles

    @property
    def can_see_dashboard(self) -> bool:
        return bool(self.memberships) or self.is_system_admin

    @property
    def can_see_settings(self) -> bool:
        return self.is_system_admin or bool(self.roles & {"unit_admin", "system_admin"})


def acting(request):
    """``acting`` in every template; lazy enough to cost an anonymous page nothing."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"acting": Acting()}
    chosen = next((m for m in user.current_memberships if m.pk == user.acting_membership_id), None)
    return {
        "acting": Acting(
            memberships=user.current_memberships,
            membership=chosen,
            roles=frozenset(m.role for m in user.scope.memberships),
            is_system_admin=user.scope.is_system_admin,
        )
    }
