"""Numbers, dates, lines and lists as official documents set them."""

from datetime import date

import pytest

from notices.typography import (
    NBSP,
    balanced,
    date_line,
    header_lines,
    recipient_lines,
    signing_lines,
    typeset,
    vn_number,
)


@pytest.mark.parametrize(
    ("day", "line"),
    [
        (date(2026, 2, 3), "Hoa Sen, ngày 03 tháng 02 năm 2026"),
        (date(2026, 1, 31), "Hoa Sen, ngày 31 tháng 01 năm 2026"),
        (date(2026, 3, 9), "Hoa Sen, ngày 09 tháng 3 năm 2026"),
        (date(2026, 12, 10), "Hoa Sen, ngày 10 tháng 12 năm 2026"),
    ],
)
def test_days_below_ten_and_months_one_and_two_carry_a_zero(day, line):
    assert date_line("Hoa Sen", day).replace(NBSP, " ") == line


def test_numbers_do_not_part_from_their_words():
    text = typeset("Ngày 21 tháng 8 năm 2026 có 15 lượt phát biểu trong 10 ngày")
    assert f"Ngày{NBSP}21" in text
    assert f"năm{NBSP}2026" in text
    assert f"15{NBSP}lượt" in text
    assert f"10{NBSP}ngày" in text


def test_invisible_controls_are_dropped():
    assert typeset("a\u200bb\u202ec\x07d") == "abcd"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Kết luận hội nghị", ["Kết luận hội nghị"]),
        (
            "Kết luận Hội nghị đối thoại với thanh niên, tổ chức ngày 17 tháng 11 năm 2026",
            ["Kết luận Hội nghị đối thoại với thanh niên,", "tổ chức ngày 17 tháng 11 năm 2026"],
        ),
        ("", [""]),
        ("Ữ" * 200, ["Ữ" * 200]),
    ],
)
def test_a_subject_is_parted_by_sense_and_loses_no_letter(text, lines):
    assert balanced(text) == lines
    assert " ".join(balanced(text)) == text


def test_a_long_subject_has_no_single_word_hanging_below():
    words = " ".join(["đối thoại"] * 40)
    lengths = [len(line) for line in balanced(words)]
    assert max(lengths) - min(lengths) < 12


def test_a_long_body_stands_on_two_lines_and_a_short_one_on_one():
    assert header_lines("Ủy ban nhân dân phường Hoa Sen") == ["Ủy ban nhân dân", "phường Hoa Sen"]
    assert header_lines("Đảng ủy phường Hoa Sen") == ["Đảng ủy phường Hoa Sen"]


def test_recipients_get_their_dashes_semicolons_and_full_stop():
    lines = recipient_lines("- Như trên;\nPhòng Kinh tế (để thực hiện)\n\n– Lưu: VT.")
    assert [line.replace(NBSP, " ") for line in lines] == [
        "- Như trên;",
        "- Phòng Kinh tế (để thực hiện);",
        "- Lưu: VT.",
    ]


def test_the_authority_may_stand_on_two_lines_and_the_partys_slash_is_no_break():
    assert signing_lines("TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH") == ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH"]
    assert signing_lines("T/M BAN THƯỜNG VỤ") == ["T/M BAN THƯỜNG VỤ"]


def test_thousands_are_grouped_with_a_full_stop():
    assert vn_number(98095) == "98.095"
