"""Roles that people hold in units, for periods."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import journal
from accounts.errors import ServiceError
from accounts.middleware import SESSION_KEY
from accounts.models import Membership, Role, Unit, User
from accounts.policies import may_end_membership, may_give_role, require


@transaction.atomic
def give_role(
    person: User,
    *,
    actor: User,
    unit: Unit,
    role: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Membership:
    """Gives a role in a unit from a day on; ``valid_to`` is its last day."""
    unit = Unit.objects.select_related("locality").get(pk=unit.pk)
    require(may_give_role(actor, unit, role))
    person = User.objects.select_for_update().get(pk=person.pk)
    valid_from = valid_from or timezone.localdate()
    if role not in Role.values:
        raise ServiceError(_("Choose one of the roles."), field="role")
    if not person.is_active:
        raise ServiceError(_("This account is closed; open it first."))
    if valid_to is not None and valid_to < valid_from:
        raise ServiceError(_("The last day is before the first."), field="valid_to")
    last_of_unit = min(filter(None, [unit.dissolved_on, unit.locality.abolished_on]), default=None)
    if last_of_unit is not None and valid_from >= last_of_unit:
        raise ServiceError(
            _("%(unit)s no longer exists from %(day)s on; nobody can be given a role in it.")
            % {"unit": unit, "day": f"{last_of_unit:%d/%m/%Y}"},
            field="unit",
        )
    same = Membership.objects.filter(user=person, unit=unit, role=role)
    same = same.filter(Q(valid_to=None) | Q(valid_to__gte=valid_from))
    if valid_to is not None:
        same = same.filter(valid_from__lte=valid_to)
    if same.exists():
        raise ServiceError(_("The person holds this role in this unit in that period already."), field="role")
    membership = Membership.objects.create(user=person, unit=unit, role=role, valid_from=valid_from, valid_to=valid_to)
    until = f" đến ngày {valid_to:%d/%m/%Y}" if valid_to else ""
    journal.record(
        actor=actor,
        verb="give_role",
        target=person,
        parent=unit,
        sentence=f"đã giao vai trò “{ROLE_WORDS[role]}” tại {unit} cho {person} từ ngày {valid_from:%d/%m/%Y}{until}",
        data={"membership": membership.pk, "role": role},
    )
    return membership


@transaction.atomic
def end_role(membership: Membership, *, actor: User, valid_to: date | None = None) -> Membership:
    """Ends a role; ``valid_to`` is its last day. A role that has not begun is taken back as if never given."""
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("unit__locality", "user")
        .get(pk=membership.pk)
    )
    require(may_end_membership(actor, membership))
    today = timezone.localdate()
    if membership.valid_from > today:
        return _take_back(membership, actor)
    valid_to = valid_to or today
    if membership.valid_to is not None and membership.valid_to < today:
        raise ServiceError(_("This role ended on %(day)s.") % {"day": f"{membership.valid_to:%d/%m/%Y}"})
    if valid_to < membership.valid_from:
        raise ServiceError(
            _("The role is held from %(day)s on; its last day can't be before that.")
            % {"day": f"{membership.valid_from:%d/%m/%Y}"},
            field="valid_to",
        )
    if membership.valid_to is not None and valid_to > membership.valid_to:
        raise ServiceError(
            _("The role ends on %(day)s already; to prolong it, give it anew from the day after.")
            % {"day": f"{membership.valid_to:%d/%m/%Y}"},
            field="valid_to",
        )
    if valid_to < today - timedelta(days=1):
        # What the person did under the role until today stays explained by it.
        raise ServiceError(
            _("A role can end yesterday at the earliest: what was done under it stays."), field="valid_to"
        )
    membership.valid_to = valid_to
    membership.save(update_fields=["valid_to"])
    journal.record(
        actor=actor,
        verb="end_role",
        target=membership.user,
        parent=membership.unit,
        sentence=f"đã kết thúc vai trò “{ROLE_WORDS[membership.role]}” của {membership.user} tại {membership.unit} "
        f"sau ngày {valid_to:%d/%m/%Y}",
        data={"membership": membership.pk, "role": membership.role},
    )
    return membership


def _take_back(membership: Membership, actor: User) -> Membership:
    """Nothing was done under it, so no row has to stay; the record of actions says that it was planned."""
    pk = membership.pk
    membership.delete()
    journal.record(
        actor=actor,
        verb="take_back_role",
        target=membership.user,
        parent=membership.unit,
        sentence=f"đã hủy vai trò “{ROLE_WORDS[membership.role]}” chưa bắt đầu của {membership.user} "
        f"tại {membership.unit}",
        data={"membership": pk, "role": membership.role},
    )
    return membership


def switch_acting(session, *, actor: User, membership_id: int | None) -> Membership | None:
    """Chooses the role to act in, or all of them with ``None``. It is kept in the session, not recorded."""
    if membership_id is None:
        session.pop(SESSION_KEY, None)
        return None
    chosen = next((m for m in actor.current_memberships if m.pk == membership_id), None)
    if chosen is None:
        raise ServiceError(_("You don't hold this role today."))
    session[SESSION_KEY] = chosen.pk
    return chosen


# Events are kept as they read, in Vietnamese, whatever language the person who acted was reading.
ROLE_WORDS = {
    Role.CLERK: "Văn thư",
    Role.LEADER: "Lãnh đạo",
    Role.OFFICER: "Cán bộ chuyên môn",
    Role.SUPERVISOR: "Giám sát",
    Role.UNIT_ADMIN: "Quản trị đơn vị",
    Role.SYSTEM_ADMIN: "Quản trị hệ thống",
}
