import time
from collections import Counter
from datetime import date

import pytest
from django.core.management import call_command

from accounts.models import Locality, LocalityKind
from accounts.services.localities import load_localities

REFORM = date(2025, 7, 1)
pytestmark = pytest.mark.django_db


def _in_force(kind):
    return Locality.objects.in_force(on=date(2026, 1, 1)).filter(kind=kind)


def _sound():
    """The tree hangs together: each place one step below a parent that counts it. (treebeard asks row by row.)"""
    rows = {
        path: (depth, numchild) for path, depth, numchild in Locality.objects.values_list("path", "depth", "numchild")
    }
    children = Counter(path[: -Locality.steplen] for path in rows)
    assert set(children) - {""} <= set(rows)
    assert all(depth * Locality.steplen == len(path) for path, (depth, _numchild) in rows.items())
    assert {path: numchild for path, (_depth, numchild) in rows.items()} == {path: children[path] for path in rows}


def test_loading_gives_34_provinces_and_3321_communes_in_seconds(capsys):
    began = time.monotonic()
    call_command("load_localities")
    assert time.monotonic() - began < 20
    assert _in_force(LocalityKind.PROVINCE).count() == 34
    assert _in_force(LocalityKind.COMMUNE).count() == 3321
    assert "34 provinces, 3321 communes in force, 7 abolished" in capsys.readouterr().out
    _sound()


def test_loading_twice_changes_nothing(django_assert_max_num_queries):
    load_localities()
    before = list(Locality.objects.values_list("pk", "path", "name", "code", "numchild"))
    with django_assert_max_num_queries(120):
        again = load_localities()
    assert (again.added, again.renamed) == (0, 0)
    assert list(Locality.objects.values_list("pk", "path", "name", "code", "numchild")) == before


def test_names_and_codes_are_the_official_ones():
    load_localities()
    by_code = dict(Locality.objects.filter(abolished_on=None).exclude(code="").values_list("code", "name"))
    assert by_code["01"] == "Thành phố Hà Nội"
    assert by_code["04"] == "Tỉnh Cao Bằng"
    assert by_code["14"] == "Tỉnh Sơn La"
    assert by_code["00004"] == "Phường Ba Đình"
    kinds = {name.split(" ")[0] for code, name in by_code.items() if len(code) == 5}
    assert kinds == {"Phường", "Xã", "Đặc"}
    assert all(len(code) in {2, 5} for code in by_code if code != "VN")
    assert set(_in_force(LocalityKind.COMMUNE).values_list("in_force_from", flat=True)) == {REFORM}


@pytest.mark.parametrize(
    ("path", "successors"),
    [
        (["Thành phố Hồ Chí Minh", "Quận Bình Tân"], 5),
        (["Thành phố Hà Nội", "Quận Ba Đình"], 3),
        (["Thành phố Hà Nội", "Quận Bắc Từ Liêm"], 5),
        (["Tỉnh Bình Phước", "Thành phố Đồng Xoài"], 2),
        (["Tỉnh Bình Phước", "Thành phố Đồng Xoài", "Phường Tân Phú"], 1),
        (["Tỉnh Bình Phước", "Thành phố Đồng Xoài", "Xã Tiến Hưng"], 1),
    ],
)
def test_abolished_localities_keep_their_place_and_name_their_successors(path, successors):
    load_localities()
    place = Locality.objects.get(name=path[-1], abolished_on=REFORM)
    above = [one.name for one in Locality.objects.get_ancestors(place)]
    assert above == ["Việt Nam", *path[:-1]]
    assert place.exists_on(date(2025, 6, 30))
    assert not place.exists_on(REFORM)
    assert place.successors.count() == successors
    assert all(one.exists_on(REFORM) for one in place.successors.all())


def test_the_province_of_binh_phuoc_gave_way_to_dong_nai():
    load_localities()
    province = Locality.objects.get(name="Tỉnh Bình Phước")
    assert [one.name for one in province.successors.all()] == ["Tỉnh Đồng Nai"]


def test_localities_that_are_there_already_stay_where_they_are(cast):
    """The cast has a country, a province, wards, a residential area and abolished places of its own."""
    before = {place.pk: place.path for place in Locality.objects.all()}
    load_localities()
    after = {place.pk: place.path for place in Locality.objects.filter(pk__in=before)}
    assert after == before
    assert Locality.objects.filter(kind=LocalityKind.COUNTRY).count() == 1
    _sound()


def test_a_residential_area_and_a_changed_name_survive_a_second_load():
    load_localities()
    ward = Locality.objects.get(code="00004")
    area = Locality.objects.add_child(
        ward, instance=Locality(name="Tổ dân phố số 1", kind=LocalityKind.RESIDENTIAL_AREA)
    )
    Locality.objects.filter(code="04").update(name="Cao Bằng cũ")
    loaded = load_localities()
    assert (loaded.added, loaded.renamed) == (0, 1)
    assert Locality.objects.get(code="04").name == "Tỉnh Cao Bằng"
    assert Locality.objects.get(pk=area.pk).path == area.path
    _sound()


def test_a_commune_that_is_missing_is_added_behind_the_others():
    load_localities()
    gone = Locality.objects.get(code="00004")
    gone.successors.clear()
    gone.predecessors.clear()
    Locality.objects.filter(pk=gone.pk).delete()
    loaded = load_localities()
    assert loaded.added == 1
    assert Locality.objects.get(code="00004").name == "Phường Ba Đình"
    assert [one.name for one in Locality.objects.get(code="00004").predecessors.all()] == ["Quận Ba Đình"]
    _sound()


def test_search_finds_without_diacritics():
    load_localities()
    found = set(Locality.objects.matching("ba dinh").values_list("name", flat=True))
    assert {"Phường Ba Đình", "Quận Ba Đình"} <= found


def test_the_browser_page_marks_an_abolished_place_with_day_and_successors(cast, signed_in):
    load_localities()
    page = signed_in("ward_clerk").get("/settings/localities/", {"q": "quan ba dinh"}).content.decode()
    assert "Quận Ba Đình" in page
    assert "01/07/2025" in page
    assert "Phường Giảng Võ" in page


def test_suggestions_are_options_with_the_province(cast, signed_in):
    load_localities()
    client = signed_in("ward_clerk")
    page = client.get("/settings/localities/options/", {"q": "giang vo"}).content.decode()
    assert "Phường Giảng Võ, Thành phố Hà Nội" in page
    assert "<option" in page and "<html" not in page
    abolished = client.get("/settings/localities/options/", {"locality": "quan ba dinh", "in_force": "1"})
    assert b"<option" not in abolished.content
    assert client.get("/settings/localities/options/", {"q": "\x00"}).status_code == 200
