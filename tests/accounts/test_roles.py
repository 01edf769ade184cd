from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.errors import ServiceError
from accounts.models import Membership, Role, Unit
from accounts.policies import Refused
from audit.models import Event
from tests.cast import REFORM, SINCE


def _today():
    return timezone.localdate()


def _give(cast, **changes):
    fields = {"actor": cast.ward_admin, "unit": cast.ward_culture, "role": Role.OFFICER}
    return services.give_role(cast.department_officer, **(fields | changes))


def _posted(day):
    return day.strftime("%d/%m/%Y")


def test_a_person_holds_several_roles_for_periods(cast, signed_in):
    until = _today() + timedelta(days=30)
    answer = signed_in("ward_admin").post(
        reverse("accounts:role_give", kwargs={"pk": cast.department_officer.pk}),
        {
            "unit": "Phòng Văn hóa - Xã hội",
            "role": "officer",
            "valid_from": _posted(_today()),
            "valid_to": _posted(until),
        },
    )
    assert answer.status_code == 302
    roles = cast.department_officer.memberships.order_by("pk")
    assert [(role.unit, role.valid_to) for role in roles] == [(cast.ward_economy, None), (cast.ward_culture, until)]
    event = Event.objects.of(cast.department_officer).get(verb="give_role")
    assert "Cán bộ chuyên môn" in event.sentence
    assert event.parent_id == cast.ward_culture.pk


@pytest.mark.parametrize("unit", ["ward_party", "ward_front", "sibling_committee", "province_committee"])
def test_no_role_is_given_beside_or_above_the_own_unit(unit, cast):
    with pytest.raises(Refused):
        _give(cast, unit=getattr(cast, unit))


def test_a_unit_administrator_makes_nobody_a_system_administrator(cast, signed_in):
    with pytest.raises(Refused, match="quản trị hệ thống"):
        _give(cast, role=Role.SYSTEM_ADMIN)
    answer = signed_in("ward_admin").post(
        reverse("accounts:role_give", kwargs={"pk": cast.department_officer.pk}),
        {"unit": cast.ward_culture.name, "role": "system_admin", "valid_from": _posted(_today())},
    )
    assert answer.status_code == 422
    assert not Membership.objects.filter(user=cast.department_officer, role=Role.SYSTEM_ADMIN).exists()
    assert _give(cast, actor=cast.system_admin, role=Role.SYSTEM_ADMIN).pk


@pytest.mark.parametrize("person", ["ward_clerk", "ward_leader", "department_officer", "front_supervisor"])
def test_a_working_or_oversight_role_gives_no_roles(person, cast):
    with pytest.raises(Refused):
        _give(cast, actor=cast.people[person])


def test_a_role_of_the_future_is_not_effective_yet(cast, signed_in):
    _give(cast, unit=cast.ward_committee, role=Role.UNIT_ADMIN, valid_from=_today() + timedelta(days=1))
    assert signed_in("department_officer").get(reverse("accounts:settings")).status_code == 403


def test_a_role_is_effective_at_once_and_lost_the_day_after_its_last(cast, signed_in):
    role = _give(cast, unit=cast.ward_committee, role=Role.UNIT_ADMIN)
    client = signed_in("department_officer")
    assert client.get(reverse("accounts:settings")).status_code == 200
    services.end_role(role, actor=cast.system_admin, valid_to=_today())
    assert client.get(reverse("accounts:settings")).status_code == 200
    Membership.objects.filter(pk=role.pk).update(
        valid_from=_today() - timedelta(days=9), valid_to=_today() - timedelta(days=1)
    )
    assert client.get(reverse("accounts:settings")).status_code == 403


@pytest.mark.parametrize(
    ("start", "end"), [(0, None), (-5, None), (-5, 0), (3, 9)], ids=["open", "earlier", "ends today", "coming"]
)
def test_the_same_role_is_not_held_twice_at_once(start, end, cast):
    _give(cast)
    day = _today()
    with pytest.raises(ServiceError, match="đã"):
        _give(
            cast,
            valid_from=day + timedelta(days=start),
            valid_to=None if end is None else day + timedelta(days=end),
        )


def test_the_same_role_can_return_after_its_end(cast):
    day = _today()
    _give(cast, valid_from=day - timedelta(days=20), valid_to=day - timedelta(days=10))
    assert _give(cast).pk


def test_the_database_refuses_an_end_before_the_start(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(
            user=cast.ward_clerk, unit=cast.ward_front, role=Role.CLERK, valid_from=_today(), valid_to=SINCE
        )


def test_ending_before_the_first_day_or_long_ago_is_refused(cast):
    role = _give(cast)
    with pytest.raises(ServiceError):
        services.end_role(role, actor=cast.ward_admin, valid_to=role.valid_from - timedelta(days=1))
    old = cast.department_officer.memberships.get(unit=cast.ward_economy)
    with pytest.raises(ServiceError):
        services.end_role(old, actor=cast.ward_admin, valid_to=_today() - timedelta(days=2))


def test_a_role_that_is_over_is_not_ended_again(cast):
    role = _give(cast, valid_from=_today() - timedelta(days=9), valid_to=_today() - timedelta(days=3))
    with pytest.raises(ServiceError):
        services.end_role(role, actor=cast.ward_admin)


def test_ending_does_not_prolong(cast):
    role = _give(cast, valid_to=_today() + timedelta(days=5))
    with pytest.raises(ServiceError, match="đã"):
        services.end_role(role, actor=cast.ward_admin, valid_to=_today() + timedelta(days=6))


def test_a_role_that_has_not_begun_is_taken_back_and_that_is_recorded(cast, signed_in):
    role = _give(cast, valid_from=_today() + timedelta(days=3))
    url = reverse("accounts:role_end", kwargs={"pk": role.pk})
    client = signed_in("ward_admin")
    assert client.get(url).status_code == 200
    assert client.post(url).status_code == 302
    assert not Membership.objects.filter(pk=role.pk).exists()
    assert Event.objects.of(cast.department_officer).filter(verb="take_back_role").exists()
    assert client.post(url).status_code == 404


def test_an_administrator_keeps_the_own_administrator_role(cast, signed_in):
    own = cast.ward_admin.memberships.get()
    with pytest.raises(Refused, match="tự bỏ"):
        services.end_role(own, actor=cast.ward_admin)
    page = signed_in("ward_admin").get(reverse("accounts:role_end", kwargs={"pk": own.pk}))
    assert page.status_code == 403
    root = cast.system_admin.memberships.get()
    with pytest.raises(Refused):
        services.end_role(root, actor=cast.system_admin)


def test_a_unit_administrator_takes_no_system_administrator_role_away(cast):
    role = services.give_role(
        cast.department_officer, actor=cast.system_admin, unit=cast.ward_economy, role=Role.SYSTEM_ADMIN
    )
    with pytest.raises(Refused):
        services.end_role(role, actor=cast.ward_admin)


def test_roles_of_other_units_are_not_found_or_refused(cast, signed_in):
    client = signed_in("ward_admin")
    theirs = cast.sibling_clerk.memberships.get()
    assert client.post(reverse("accounts:role_end", kwargs={"pk": theirs.pk})).status_code == 404
    beside = cast.party_leader.memberships.get()
    answer = client.post(reverse("accounts:role_end", kwargs={"pk": beside.pk}))
    assert answer.status_code == 403
    assert not Membership.objects.exclude(valid_to=None).exists()


def test_the_page_ends_a_role_with_the_day_typed(cast, signed_in):
    role = cast.department_officer.memberships.get()
    url = reverse("accounts:role_end", kwargs={"pk": role.pk})
    client = signed_in("ward_admin")
    assert client.post(url, {"valid_to": "31/02/2026"}).status_code == 422
    assert client.post(url, {"valid_to": "01/01/2020"}).status_code == 409
    assert client.post(url, {"valid_to": _posted(_today())}).status_code == 302
    assert Membership.objects.get(pk=role.pk).valid_to == _today()


def test_nobody_gets_a_role_in_a_dissolved_unit_or_an_abolished_place(cast):
    Unit.objects.filter(pk=cast.ward_culture.pk).update(dissolved_on=_today())
    with pytest.raises(ServiceError, match="không còn"):
        _give(cast)
    old = Unit.objects.create(
        locality=cast.old_district, name="Ủy ban nhân dân Quận Cũ", kind="peoples_committee", abbreviation="UBND"
    )
    with pytest.raises(ServiceError, match="không còn"):
        _give(cast, actor=cast.system_admin, unit=old, valid_from=REFORM)
    assert _give(cast, actor=cast.system_admin, unit=old, valid_from=SINCE, valid_to=REFORM - timedelta(days=1)).pk


def test_a_closed_account_gets_no_role(cast):
    services.deactivate_person(cast.department_officer, actor=cast.ward_admin)
    with pytest.raises(ServiceError):
        _give(cast)


# --- acting in one of several roles ---------------------------------------------------------------------------


def test_the_switch_narrows_to_one_role_and_back(cast, signed_in):
    client = signed_in("ward_clerk")
    party = cast.ward_clerk.memberships.get(unit=cast.ward_party)
    url, back = reverse("accounts:switch"), reverse("accounts:profile")
    answer = client.post(url, {"membership": party.pk, "next": back})
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert client.get(back).context["acting"].membership == party
    client.post(url, {"membership": "", "next": back})
    assert client.get(back).context["acting"].membership is None


@pytest.mark.parametrize("asked", ["0", "999999", "9" * 40, "x", "-1"])
def test_the_switch_takes_only_roles_held_today(asked, cast, signed_in):
    client = signed_in("ward_clerk")
    client.post(reverse("accounts:switch"), {"membership": asked, "next": reverse("accounts:profile")})
    assert client.get(reverse("accounts:profile")).context["acting"].membership is None


def test_somebody_elses_role_can_not_be_taken(cast, signed_in):
    client = signed_in("ward_clerk")
    theirs = cast.system_admin.memberships.get()
    client.post(reverse("accounts:switch"), {"membership": theirs.pk, "next": reverse("accounts:profile")})
    assert client.get(reverse("accounts:settings")).status_code == 403


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_switch_never_leads_away(away, cast, signed_in, settings):
    settings.LOGIN_REDIRECT_URL = "/work/"
    answer = signed_in("ward_clerk").post(reverse("accounts:switch"), {"membership": "", "next": away})
    assert answer["Location"] == "/work/"
