"""Who sees what, written out by hand from the design: oversight roles see their locality's whole subtree, working
roles the work of their own locality and its residential areas."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Locality, LocalityKind, Membership, Role, Unit, User

WARD_UNITS = {"ward_party", "ward_committee", "ward_front", "ward_economy", "ward_culture"}
SIBLING_UNITS = {"sibling_committee", "sibling_department"}
PROVINCE_UNITS = {"province_party", "province_committee"}
WARD_PLACES = {"ward", "residential_area"}
ALL_PLACES = {"country", "province", "ward", "residential_area", "sibling_ward", "old_district", "old_ward"}

SEES = {
    "ward_clerk": (WARD_UNITS, WARD_PLACES),
    "ward_leader": (WARD_UNITS, WARD_PLACES),
    "party_leader": (WARD_UNITS, WARD_PLACES),
    "department_officer": (WARD_UNITS, WARD_PLACES),
    "culture_officer": (WARD_UNITS, WARD_PLACES),
    "front_supervisor": (WARD_UNITS, WARD_PLACES),
    "ward_admin": (WARD_UNITS, WARD_PLACES),
    "sibling_clerk": (SIBLING_UNITS, {"sibling_ward"}),
    "sibling_leader": (SIBLING_UNITS, {"sibling_ward"}),
    "sibling_officer": (SIBLING_UNITS, {"sibling_ward"}),
    # The abolished district and its ward lie in the province: their past stays visible to it.
    "superior_leader": (PROVINCE_UNITS | WARD_UNITS | SIBLING_UNITS, ALL_PLACES - {"country"}),
    "system_admin": (PROVINCE_UNITS | WARD_UNITS | SIBLING_UNITS, ALL_PLACES),
}


def _names(cast, records):
    by_key = {(type(value), value.pk): name for name, value in vars(cast).items() if hasattr(value, "pk")}
    return {by_key[type(record), record.pk] for record in records}


def _member(unit, role, **period):
    user = User.objects.create(username=f"{role}{unit.pk}", email=f"{role}{unit.pk}@example.vn", full_name="Người Thử")
    Membership.objects.create(user=user, unit=unit, role=role, **({"valid_from": date(2020, 1, 1)} | period))
    return user


@pytest.mark.parametrize("person", sorted(SEES))
def test_each_role_sees_what_the_design_says(person, cast):
    user = cast.people[person]
    units, places = SEES[person]
    assert _names(cast, Unit.objects.visible_to(user)) == units
    assert _names(cast, Locality.objects.filter(user.scope.locality_condition("path"))) == places


def test_the_table_names_everybody_of_the_cast(cast):
    assert set(SEES) == set(cast.people)


@pytest.mark.parametrize("role", [Role.CLERK, Role.OFFICER])
def test_a_working_role_of_the_province_does_not_see_into_its_communes(role, cast):
    user = _member(cast.province_committee, role)
    assert _names(cast, Unit.objects.visible_to(user)) == PROVINCE_UNITS
    assert _names(cast, Locality.objects.filter(user.scope.locality_condition("path"))) == {"province"}


def test_somebody_without_a_role_sees_nothing(cast):
    user = User.objects.create(username="khong", email="khong@example.vn", full_name="Không Vai Trò")
    assert not Unit.objects.visible_to(user).exists()


def test_the_last_day_of_a_role_still_counts_and_the_next_does_not(cast):
    today = timezone.localdate()
    assert Unit.objects.visible_to(_member(cast.ward_committee, Role.CLERK, valid_to=today)).exists()
    over = _member(cast.ward_committee, Role.LEADER, valid_to=today - timedelta(days=1))
    assert not Unit.objects.visible_to(over).exists()


def test_a_role_of_the_future_shows_nothing_yet(cast):
    user = _member(cast.ward_committee, Role.LEADER, valid_from=timezone.localdate() + timedelta(days=1))
    assert not Unit.objects.visible_to(user).exists()


def test_acting_in_one_role_narrows_what_is_seen(cast):
    user = User.objects.get(pk=cast.ward_clerk.pk)
    Membership.objects.create(user=user, unit=cast.sibling_committee, role=Role.CLERK, valid_from=date(2020, 1, 1))
    assert _names(cast, Unit.objects.visible_to(user)) == WARD_UNITS | SIBLING_UNITS
    user = User.objects.get(pk=user.pk)
    user.acting_membership_id = Membership.objects.get(user=user, unit=cast.sibling_committee).pk
    assert _names(cast, Unit.objects.visible_to(user)) == SIBLING_UNITS


def test_a_path_that_only_begins_alike_is_not_below(cast):
    """Places are compared by whole steps of the path: 0001 is no ancestor of 00010 in another depth."""
    neighbour = Locality.objects.add_child(
        Locality.objects.get(pk=cast.country.pk),
        instance=Locality(name="Tỉnh Khác", kind=LocalityKind.PROVINCE, code="98"),
    )
    assert not Locality.objects.filter(cast.superior_leader.scope.locality_condition("path"), pk=neighbour.pk).exists()


MANAGES = {
    "ward_committee": {"ward_committee", "ward_economy", "ward_culture"},
    "ward_party": {"ward_party"},
    "ward_front": {"ward_front"},
    "ward_economy": {"ward_economy"},
    "province_committee": {"province_committee"} | WARD_UNITS | SIBLING_UNITS,
    "province_party": {"province_party"} | WARD_UNITS | SIBLING_UNITS,
}


@pytest.mark.parametrize("unit", sorted(MANAGES))
def test_a_unit_administrator_manages_the_unit_and_below_never_beside_or_above(unit, cast):
    user = _member(getattr(cast, unit), Role.UNIT_ADMIN)
    assert _names(cast, Unit.objects.managed_by(user)) == MANAGES[unit]


def test_only_administrators_manage_anything(cast):
    others = set(cast.people) - {"ward_admin", "system_admin"}
    assert {name for name in others if Unit.objects.managed_by(cast.people[name]).exists()} == set()
    assert Unit.objects.managed_by(cast.system_admin).count() == 9
