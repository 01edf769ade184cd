"""The figures that the five localities published: what the product shows equals them to the last one."""

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from reports.figures import figures
from reports.models import Return
from reports.published import load_published_returns, locality_of, published
from reports.words import bounded
from tests.reports.builders import field, held_meeting, opinions, published_places


@pytest.fixture
def places(db):
    made = published_places()
    load_published_returns()
    return made


def printed(locality, *arguments) -> dict:
    out = StringIO()
    call_command("figures", "--locality", locality, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_loading_the_published_returns_twice_changes_nothing(places):
    load_published_returns()
    assert Return.objects.count() == 4


def test_every_regulation_of_the_file_names_a_locality(places):
    assert {locality_of(entry).name for entry in published()["regulations"]} == {
        "Quận Bình Tân",
        "Quận Ba Đình",
        "Quận Bắc Từ Liêm",
        "Tỉnh Sơn La",
        "Thành phố Đồng Xoài",
        "Xã Tiến Hưng",
        "Phường Tân Phú",
    }


def test_ba_dinh_2017_to_2021(places):
    data = printed("Quận Ba Đình", "--from", "2017-01-01", "--to", "2021-12-31")
    assert data["by_level_and_type"] == [
        {"level": "district", "type": "periodic", "meetings": 8, "attendances": 1733, "opinions": 224, "answered": 224},
        {"level": "district", "type": "ad_hoc", "meetings": 12, "attendances": 947, "opinions": 120, "answered": 120},
        {
            "level": "commune",
            "type": "periodic",
            "meetings": 89,
            "attendances": 10089,
            "opinions": 1448,
            "answered": 1436,
        },
        {"level": "commune", "type": "ad_hoc", "meetings": 25, "attendances": 1072, "opinions": 137, "answered": 137},
        {"level": None, "type": "sector", "meetings": 236, "attendances": 18150, "opinions": 1605, "answered": None},
    ]
    total = {"meetings": 370, "attendances": 31991, "speeches": None, "opinions": 3534, "answered": 1917}
    assert {name: data[name] for name in total} == total
    assert data["by_level"]["commune"] == {
        "meetings": 114,
        "attendances": 11161,
        "speeches": None,
        "opinions": 1585,
        "answered": 1573,
    }
    assert data["by_level"]["null"]["meetings"] == 236
    assert {key: value["meetings"] for key, value in data["by_type"].items()} == {
        "periodic": 97,
        "ad_hoc": 37,
        "sector": 236,
    }
    assert data["by_field"] == {}


def test_ba_dinh_answers_are_rated_only_where_they_are_known(places):
    found = figures(locality=places["ba_dinh"])
    assert (found.total.rated_answered, found.total.rated_opinions) == (1917, 1929)
    assert "answered" in found.total.partial
    wards = found.by_level["commune"]
    assert (wards.rated_answered, wards.rated_opinions) == (1436 + 137, 1448 + 137)
    periodic = next(c.sum for c in found.by_level_and_type if (c.level, c.meeting_type) == ("commune", "periodic"))
    assert (periodic.answered, periodic.opinions) == (1436, 1448)


def test_ba_dinh_shows_the_online_dialogue_without_adding_it(places):
    found = figures(locality=places["ba_dinh"])
    assert [(one.row["mode"], one.row["attendances"], one.row["opinions"]) for one in found.of_which] == [
        ("online", 3218, 63)
    ]


def test_ba_dinh_is_the_same_without_a_period_and_from_the_city_above(places):
    assert printed("Quận Ba Đình") == printed("Quận Ba Đình", "--from", "01/01/2017", "--to", "31/12/2021")
    assert printed("Thành phố Hà Nội")["meetings"] == 370 + 213


def test_ba_dinh_is_left_out_of_a_period_that_cuts_it(places):
    found = figures(locality=places["ba_dinh"], period_from=date(2018, 1, 1), period_to=date(2021, 12, 31))
    assert found.meetings is None
    assert [why.name for _record, why in found.left_out] == ["PERIOD"]


def test_binh_tan(places):
    data = printed("Quận Bình Tân")
    assert (data["meetings"], data["attendances"], data["opinions"]) == (1078, 98095, 6416)
    assert (data["by_level"]["district"]["meetings"], data["by_level"]["district"]["attendances"]) == (58, 9270)
    assert (data["by_level"]["commune"]["meetings"], data["by_level"]["commune"]["attendances"]) == (1020, 88825)
    assert data["by_level"]["district"]["opinions"] is None
    assert data["by_type"] == {
        "null": {"meetings": 1078, "attendances": 98095, "speeches": None, "opinions": 6416, "answered": None}
    }
    assert data["by_field"] == {
        "Kinh tế": 4679,
        "Văn hóa - xã hội": 936,
        "Quốc phòng - an ninh": 449,
        "Xây dựng hệ thống chính trị": 160,
        "Các vấn đề khác": 192,
    }
    assert sum(data["by_field"].values()) == 6416
    assert (data["speeches"], data["answered"]) == (None, None)


def test_binh_tan_keeps_the_words_of_its_figures(places):
    found = figures(locality=places["binh_tan"])
    assert bounded(found.by_level["district"], "attendances") == "hơn 9.270"
    assert bounded(found.by_level["commune"], "attendances") == "88.825"
    assert bounded(found.total, "attendances") == "98.095"


def test_bac_tu_liem(places):
    data = printed("Quận Bắc Từ Liêm")
    assert [(row["level"], row["type"], row["meetings"]) for row in data["by_level_and_type"]] == [
        ("district", "periodic", 5),
        ("commune", "periodic", 71),
        (None, "ad_hoc", 137),
    ]
    assert data["meetings"] == 213
    assert data["by_type"]["periodic"]["meetings"] == 76
    assert data["attendances"] is None
    assert data["opinions"] is None


def test_son_la(places):
    data = printed("son la")
    assert data["meetings"] == 983
    assert {key: value["meetings"] for key, value in data["by_level"].items() if value["meetings"]} == {
        "province": 90,
        "district": 219,
        "commune": 674,
    }
    assert data["opinions"] == 8680
    assert bounded(figures(locality=places["son_la"]).total, "opinions") == "trên 8.680"
    assert data["attendances"] is None


SUB_FIELDS = [
    "An ninh trật tự",
    "An toàn giao thông",
    "Đất đai",
    "Quản lý xây dựng",
    "Vệ sinh môi trường",
    "Bồi thường - giải phóng mặt bằng",
]


def test_dong_xoai_from_its_eleven_meetings(places):
    """No return: eleven Saturdays recorded one by one, 750 people and 106 opinions in six fields."""
    for n in range(11):
        locality = places["tan_phu"] if n < 5 else places["tien_hung"]
        meeting = held_meeting(
            locality,
            date(2023, 3 + n % 8, 18),
            attendance=70 if n < 10 else 50,
            meeting_type="listening_saturday",
        )
        opinions(meeting, 10 if n < 10 else 6, in_field=field(SUB_FIELDS[n % 6], "Kinh tế"), state="answered")
    data = printed("Thành phố Đồng Xoài, Tỉnh Bình Phước", "--from", "2023-03-13", "--to", "2023-10-30")
    assert (data["meetings"], data["attendances"], data["opinions"], data["answered"]) == (11, 750, 106, 106)
    assert printed("Phường Tân Phú, Đồng Xoài")["meetings"] == 5
    assert printed("Xã Tiến Hưng")["meetings"] == 6
    assert set(data["by_field"]) == set(SUB_FIELDS)
    assert sum(data["by_field"].values()) == 106
    assert list(data["by_type"]) == ["listening_saturday"]


def test_nothing_known_is_null_and_never_zero(places):
    data = printed("Phường Ba Đình")
    assert [data[name] for name in ("meetings", "attendances", "speeches", "opinions", "answered")] == [None] * 5


def test_a_place_that_keeps_its_record_had_no_meeting_that_month(places):
    held_meeting(places["new_ba_dinh"], date(2026, 3, 4), attendance=40)
    before = printed("Phường Ba Đình", "--from", "2026-02-01", "--to", "2026-02-28")
    after = printed("Phường Ba Đình", "--from", "2026-04-01", "--to", "2026-04-30")
    assert (before["meetings"], after["meetings"]) == (None, 0)


def test_a_meeting_whose_attendance_was_not_counted_leaves_it_unknown(places):
    held_meeting(places["new_ba_dinh"], date(2026, 3, 4))
    assert printed("Phường Ba Đình")["attendances"] is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ba Đình", "Quận Ba Đình, Thành phố Hà Nội"),
        ("Phường Tân Phú", "Thành phố Đồng Xoài, Tỉnh Bình Phước"),
        ("Quận Không Có", "“Quận Không Có”"),
        (" ", "."),
    ],
)
def test_a_name_that_is_not_one_locality_gets_a_sentence(places, name, words):
    with pytest.raises(CommandError) as refused:
        call_command("figures", "--locality", name, "--json", stdout=StringIO())
    assert refused.value.returncode == 2
    assert words in str(refused.value)


def test_the_province_tells_namesakes_apart(places):
    assert printed("Phường Tân Phú", "--province", "Thành phố Hồ Chí Minh")["meetings"] is None


@pytest.mark.parametrize("day", ["30/02/2020", "2020-13-01", "hôm qua"])
def test_an_impossible_day_gets_a_sentence(places, day):
    with pytest.raises(CommandError) as refused:
        call_command("figures", "--locality", "Quận Ba Đình", "--from", day)
    assert refused.value.returncode == 2


def test_without_json_a_table_for_people(places):
    out = StringIO()
    call_command("figures", "--locality", "Quận Ba Đình", stdout=out)
    assert "31.991" in out.getvalue()
    assert "1.917" in out.getvalue()
