from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.errors import ServiceError
from accounts.models import Locality, LocalityKind, Membership, Unit, UnitKind
from accounts.policies import Refused
from audit.models import Event


def _open(cast, **changes):
    fields = {
        "actor": cast.ward_admin,
        "locality": cast.ward,
        "name": "Trung tâm Phục vụ hành chính công",
        "kind": UnitKind.DEPARTMENT,
        "abbreviation": "TTPVHCC",
        "superior": cast.ward_committee,
    }
    return services.create_unit(**(fields | changes))


def _typed(**changes):
    fields = {
        "locality": "Phường Hoa Sen, Tỉnh Sông Hồng",
        "name": "Trung tâm Phục vụ hành chính công",
        "kind": "department",
        "abbreviation": "TTPVHCC",
        "superior": "Ủy ban nhân dân phường Hoa Sen, Phường Hoa Sen",
    }
    return fields | changes


def test_an_administrator_opens_a_unit_below_the_own(cast, signed_in):
    answer = signed_in("ward_admin").post(reverse("accounts:unit_new"), _typed())
    unit = Unit.objects.get(abbreviation="TTPVHCC")
    assert answer["Location"] == reverse("accounts:unit", kwargs={"pk": unit.pk})
    assert (unit.locality, unit.superior, unit.name_folded) == (
        cast.ward,
        cast.ward_committee,
        "trung tam phuc vu hanh chinh cong",
    )
    assert Event.objects.of(unit).get().verb == "create_unit"


@pytest.mark.parametrize("superior", ["ward_party", "province_committee", "sibling_committee"])
def test_no_unit_is_opened_below_somebody_elses(superior, cast):
    with pytest.raises(Refused):
        _open(cast, superior=getattr(cast, superior))


def test_a_unit_without_superior_is_opened_by_a_system_administrator_only(cast):
    with pytest.raises(Refused):
        _open(cast, superior=None)
    assert _open(cast, actor=cast.system_admin, superior=None).pk


def test_no_unit_is_opened_in_an_abolished_locality(cast, signed_in):
    with pytest.raises(ServiceError, match="kế thừa"):
        _open(cast, actor=cast.system_admin, locality=cast.old_district, superior=None)
    answer = signed_in("system_admin").post(reverse("accounts:unit_new"), _typed(locality="Quận Cũ", superior=""))
    assert answer.status_code == 422


def test_two_units_of_one_name_in_one_place_are_refused_in_any_case(cast):
    _open(cast)
    with pytest.raises(ServiceError, match="đã có"):
        _open(cast, name="TRUNG TÂM  phục vụ hành chính công")


@pytest.mark.parametrize("wrong", [{"name": " "}, {"kind": "king"}, {"locality": "Ngoài kia"}, {"abbreviation": ""}])
def test_wrong_input_comes_back(wrong, cast, signed_in):
    answer = signed_in("ward_admin").post(reverse("accounts:unit_new"), _typed(**wrong))
    assert answer.status_code == 422
    assert not Unit.objects.filter(abbreviation="TTPVHCC").exists()


def test_the_own_unit_is_edited_and_keeps_its_superior_above(cast, signed_in):
    unit = cast.ward_committee
    url = reverse("accounts:unit_edit", kwargs={"pk": unit.pk})
    page = signed_in("ward_admin").get(url)
    fields = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    answer = signed_in("ward_admin").post(url, fields | {"seat": "Hoa Sen mới"})
    assert answer.status_code == 302
    saved = Unit.objects.get(pk=unit.pk)
    assert (saved.seat, saved.superior, saved.version) == ("Hoa Sen mới", cast.province_committee, 2)
    stale = signed_in("ward_admin").post(url, fields | {"seat": "Khác nữa"})
    assert stale.status_code == 409
    assert "Khác nữa" in stale.content.decode() and "Hoa Sen mới" in stale.content.decode()


def test_units_beside_are_refused_and_siblings_not_found(cast, signed_in):
    client = signed_in("ward_admin")
    for name in ("unit_edit", "unit_dissolve"):
        assert client.get(reverse(f"accounts:{name}", kwargs={"pk": cast.ward_party.pk})).status_code == 403
        assert client.get(reverse(f"accounts:{name}", kwargs={"pk": cast.sibling_committee.pk})).status_code == 404
    assert client.get(reverse("accounts:unit", kwargs={"pk": cast.ward_party.pk})).status_code == 200
    assert client.get(reverse("accounts:unit", kwargs={"pk": cast.sibling_committee.pk})).status_code == 404


def test_a_unit_is_never_its_own_superior(cast):
    with pytest.raises(ServiceError, match="chính mình"):
        services.edit_unit(cast.ward_committee, actor=cast.system_admin, version=1, superior=cast.ward_economy)


def test_the_superior_is_in_the_same_place_or_above(cast):
    with pytest.raises(ServiceError, match="cùng địa phương"):
        services.edit_unit(cast.ward_economy, actor=cast.system_admin, version=1, superior=cast.sibling_committee)


def test_a_unit_is_not_moved_under_somebody_elses(cast):
    with pytest.raises(Refused):
        services.edit_unit(cast.ward_economy, actor=cast.ward_admin, version=1, superior=cast.ward_party)
    with pytest.raises(ServiceError):
        services.edit_unit(cast.ward_economy, actor=cast.ward_admin, version=1, superior=None)


def test_a_unit_with_people_or_units_below_is_not_dissolved(cast):
    with pytest.raises(ServiceError, match="trực thuộc"):
        services.dissolve_unit(cast.ward_committee, actor=cast.system_admin)
    with pytest.raises(ServiceError, match="vai trò"):
        services.dissolve_unit(cast.ward_economy, actor=cast.ward_admin)


def test_a_unit_is_dissolved_once_and_stays_visible(cast, signed_in):
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(unit=cast.ward_economy).update(valid_to=yesterday)
    url = reverse("accounts:unit_dissolve", kwargs={"pk": cast.ward_economy.pk})
    client = signed_in("ward_admin")
    day = timezone.localdate().strftime("%d/%m/%Y")
    assert client.post(url, {"dissolved_on": day}).status_code == 302
    assert client.post(url, {"dissolved_on": day}).status_code == 409
    page = client.get(reverse("accounts:unit", kwargs={"pk": cast.ward_economy.pk}))
    assert page.status_code == 200 and day in page.content.decode()


def test_nobody_dissolves_the_unit_they_administer(cast):
    with pytest.raises(Refused):
        services.dissolve_unit(cast.ward_committee, actor=cast.ward_admin)


def test_the_list_is_searched_without_diacritics(cast, signed_in):
    client = signed_in("system_admin")
    page = client.get(reverse("accounts:units"), {"q": "van hoa - xa hoi"})
    assert {unit.pk for unit in page.context["page_obj"]} == {cast.ward_culture.pk, cast.sibling_department.pk}
    assert client.get(reverse("accounts:units"), {"q": "\x00", "kind": "x", "page": "0"}).status_code == 200


def test_suggestions_hold_only_units_that_are_seen(cast, signed_in):
    page = signed_in("ward_clerk").get(reverse("accounts:unit_options"), {"q": "van hoa"}).content.decode()
    assert "Phường Hoa Sen" in page
    assert "Phường Bằng Lăng" not in page


def test_a_form_suggests_only_units_that_can_be_chosen(cast, signed_in):
    client = signed_in("ward_admin")
    assert "options/?managed=1" in client.get(reverse("accounts:person_new")).content.decode()
    page = client.get(reverse("accounts:unit_options"), {"managed": "1", "unit": "hoa sen"}).content.decode()
    assert "Phòng Văn hóa - Xã hội" in page
    assert "Đảng ủy" not in page


@pytest.mark.parametrize("rows", [5, 50])
def test_the_pages_cost_the_same_however_many_units(rows, cast, signed_in, django_assert_max_num_queries):
    for number in range(rows):
        _open(cast, name=f"Phòng số {number}")
    client = signed_in("ward_admin")
    with django_assert_max_num_queries(8):
        assert client.get(reverse("accounts:units")).status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get(reverse("accounts:unit", kwargs={"pk": cast.ward_committee.pk})).status_code == 200
    with django_assert_max_num_queries(8):
        assert client.get(reverse("accounts:localities"), {"q": "phuong"}).status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get(reverse("accounts:locality", kwargs={"pk": cast.ward.pk})).status_code == 200


# --- residential areas ----------------------------------------------------------------------------------------


def test_a_committees_administrator_adds_residential_areas(cast, signed_in):
    url = reverse("accounts:residential_area_new", kwargs={"pk": cast.ward.pk})
    client = signed_in("ward_admin")
    assert client.post(url, {"name": "Khu dân cư số 2"}).status_code == 302
    assert client.post(url, {"name": "khu dân cư số 2"}).status_code == 409
    area = Locality.objects.get(name="Khu dân cư số 2")
    assert (area.kind, area.path[: len(cast.ward.path)]) == (LocalityKind.RESIDENTIAL_AREA, cast.ward.path)
    elsewhere = reverse("accounts:residential_area_new", kwargs={"pk": cast.sibling_ward.pk})
    assert client.get(elsewhere).status_code == 404
    assert Locality.objects.find_problems() == ([], [], [], [], [])


def test_residential_areas_go_only_below_a_commune_of_today(cast):
    for place in (cast.province, cast.old_ward):
        with pytest.raises(ServiceError):
            services.add_residential_area(place, actor=cast.system_admin, name="Khu phố 1")
    with pytest.raises(Refused):
        services.add_residential_area(cast.ward, actor=cast.ward_clerk, name="Khu phố 1")
