"""``manage.py due_on`` and the loaders, as they are called from a terminal."""

import html
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from deadlines.loading import load_calendar
from deadlines.models import Obligation, Regulation, Rule
from tests.deadlines.access import make_day

pytestmark = pytest.mark.django_db


def due_on(*args) -> str:
    out = StringIO()
    call_command("due_on", *args, stdout=out)
    return out.getvalue()


def refusal(*args) -> str:
    err = StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("due_on", *args, stdout=StringIO(), stderr=err)
    assert end.value.code == 2
    return err.getvalue().strip()


def test_the_working_out_of_ten_working_days_reads_exactly_so():
    load_calendar()
    assert due_on("2026-08-21", "--working-days", "10").splitlines() == [
        "Thời hạn 10 ngày làm việc kể từ thứ Sáu, 21/08/2026.",
        "Không tính: thứ Sáu, 21/08/2026 – ngày xảy ra sự kiện (khoản 3 Điều 147 Bộ luật Dân sự 2015).",
        "Ngày làm việc thứ 1: thứ Bảy, 22/08/2026 – Làm bù cho ngày nghỉ hoán đổi 31/08/2026 (theo 9441/TB-BNV ngày 16/10/2025).",
        "Không tính: Chủ nhật, 23/08/2026 – nghỉ hằng tuần (Điều 111 Bộ luật Lao động 2019).",
        "Ngày làm việc thứ 2: thứ Hai, 24/08/2026.",
        "Ngày làm việc thứ 3: thứ Ba, 25/08/2026.",
        "Ngày làm việc thứ 4: thứ Tư, 26/08/2026.",
        "Ngày làm việc thứ 5: thứ Năm, 27/08/2026.",
        "Ngày làm việc thứ 6: thứ Sáu, 28/08/2026.",
        "Không tính: thứ Bảy, 29/08/2026 – nghỉ hằng tuần (Điều 111 Bộ luật Lao động 2019).",
        "Không tính: Chủ nhật, 30/08/2026 – nghỉ hằng tuần (Điều 111 Bộ luật Lao động 2019).",
        "Không tính: thứ Hai, 31/08/2026 – Nghỉ hoán đổi, làm bù ngày 22/08/2026 (theo 9441/TB-BNV ngày 16/10/2025).",
        "Không tính: thứ Ba, 01/09/2026 – Quốc khánh (Điều 112 Bộ luật Lao động 2019).",
        "Không tính: thứ Tư, 02/09/2026 – Quốc khánh (Điều 112 Bộ luật Lao động 2019).",
        "Ngày làm việc thứ 7: thứ Năm, 03/09/2026.",
        "Ngày làm việc thứ 8: thứ Sáu, 04/09/2026.",
        "Không tính: thứ Bảy, 05/09/2026 – nghỉ hằng tuần (Điều 111 Bộ luật Lao động 2019).",
        "Không tính: Chủ nhật, 06/09/2026 – nghỉ hằng tuần (Điều 111 Bộ luật Lao động 2019).",
        "Ngày làm việc thứ 9: thứ Hai, 07/09/2026.",
        "Ngày làm việc thứ 10: thứ Ba, 08/09/2026.",
        "Ngày đến hạn: hết thứ Ba, 08/09/2026.",
        "2026-09-08",
    ]


def test_ten_calendar_days_end_after_the_holidays():
    load_calendar()
    lines = due_on("21/08/2026", "--calendar-days", "10").splitlines()
    assert lines[-1] == "2026-09-03"
    assert lines[-3] == (
        "Dời: ngày cuối 31/08/2026 là ngày nghỉ nên thời hạn kết thúc vào ngày làm việc tiếp theo"
        " (khoản 5 Điều 148 Bộ luật Dân sự 2015)."
    )


def test_it_counts_back_and_by_the_calendar_of_a_place(cast):
    make_day(cast.ward)
    assert due_on("2026-08-21", "--calendar-days", "7", "--before").splitlines()[-1] == "2026-08-14"
    assert due_on("2026-09-03", "--working-days", "1").splitlines()[-1] == "2026-09-04"
    ward = due_on("2026-09-03", "--working-days", "1", "--locality", "phường hoa sen").splitlines()
    assert ward[-1] == "2026-09-07"
    below = due_on("2026-09-03", "--working-days", "1", "--locality", "Khu dân cư số 1, Phường Hoa Sen").splitlines()
    assert below[-1] == "2026-09-07"


@pytest.mark.parametrize(
    ("question", "args"),
    [
        ({"start": "2026-08-21", "number": 10, "unit": "working_days"}, ["--working-days", "10"]),
        ({"start": "2026-08-21", "number": 10, "unit": "calendar_days"}, ["--calendar-days", "10"]),
        ({"start": "2026-12-25", "number": 10, "unit": "working_days"}, ["--working-days", "10"]),
        (
            {"start": "2026-09-07", "number": 7, "unit": "calendar_days", "direction": "before"},
            ["--calendar-days", "7"],
        ),
        ({"start": "2026-09-07", "number": 7, "unit": "working_days", "direction": "before"}, ["--working-days", "7"]),
        ({"start": "2026-09-03", "number": 2, "unit": "working_days", "place": True}, ["--working-days", "2"]),
    ],
)
def test_page_and_command_print_the_very_same_lines(cast, signed_in, question, args):
    load_calendar()
    make_day(cast.ward, decision_number="12/QĐ-UBND")
    args = [question["start"], *args]
    if "direction" in question:
        args.append("--before")
    if question.pop("place", False):
        args += ["--locality", cast.ward.name]
        question["locality"] = cast.ward.pk
    printed = due_on(*args).splitlines()
    page = signed_in("ward_clerk").get(reverse("deadlines:working_out"), question).content.decode()
    shown = [html.unescape(line) for line in re.findall(r'<li class="count-[a-z]+">(.*?)</li>', page)]
    assert shown == printed[:-1]
    assert len(shown) > 3


def test_a_day_of_a_place_names_the_place_and_its_decision(cast):
    make_day(cast.ward, decision_number="12/QĐ-UBND")
    lines = due_on("2026-09-03", "--working-days", "1", "--locality", cast.ward.name).splitlines()
    assert f"Nghỉ tránh bão (chỉ tại {cast.ward.name}, theo 12/QĐ-UBND)." in lines[2]


def test_a_question_without_a_limit_or_with_two_is_refused_by_the_command_itself():
    for args in (["2026-08-21"], ["2026-08-21", "--working-days", "1", "--calendar-days", "1"], []):
        with pytest.raises(CommandError):
            call_command("due_on", *args, stdout=StringIO(), stderr=StringIO())


@pytest.mark.parametrize(
    "args",
    [
        ("2026-02-30", "--working-days", "10"),
        ("30/02/2026", "--calendar-days", "10"),
        ("2026-13-01", "--working-days", "10"),
        ("0000-01-01", "--working-days", "10"),
        ("hôm nay", "--working-days", "10"),
        ("", "--working-days", "10"),
        ("2026-08-21", "--working-days", "0"),
        ("2026-08-21", "--working-days", "-5"),
        ("2026-08-21", "--calendar-days", "1.5"),
        ("2026-08-21", "--calendar-days", "mười"),
        ("2026-08-21", "--calendar-days", "9" * 40),
        ("1899-08-21", "--calendar-days", "1"),
        ("2026-08-21", "--calendar-days", "1", "--locality", "Phường Không Có"),
    ],
)
def test_what_cannot_be_counted_gets_one_sentence_and_exit_code_2(args):
    sentence = refusal(*args)
    assert sentence
    assert "\n" not in sentence
    assert "Traceback" not in sentence


def test_a_name_shared_by_several_places_has_to_be_told_apart(cast):
    cast.sibling_ward.name = "Phường Hoa Sen"
    cast.sibling_ward.save()
    assert "Phường Hoa Sen" in refusal("2026-08-21", "--working-days", "1", "--locality", "Phường Hoa Sen")


def test_loading_the_regulations_twice_changes_nothing(cast):
    call_command("load_regulations", stdout=StringIO())
    before = list(Rule.objects.values().order_by("pk"))
    call_command("load_regulations", stdout=StringIO())
    assert list(Rule.objects.values().order_by("pk")) == before
    assert set(Regulation.objects.values_list("jurisdiction__name", flat=True)) == {"Việt Nam"}
    assert not Rule.objects.filter(is_verified=True).exists()
    assert set(Rule.objects.values_list("obligation", flat=True)) == set(Obligation)


def test_the_regulations_want_the_localities_first():
    with pytest.raises(CommandError):
        call_command("load_regulations", stdout=StringIO())
