"""The deadline sheet prints the worked answer that the page and ``manage.py due_on`` give, line by line."""

import io
import re
import unicodedata
from datetime import date

import pdfplumber
import pypdf
import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from deadlines.models import CalendarYear, MoveCause, Obligation
from deadlines.services import record_move
from feedback.services import (
    decide_extension,
    pause_assignment,
    request_extension,
    resume_assignment,
    withdraw_assignment,
)
from meetings.models import Meeting
from notices.sheets import meeting_sheet
from tests.feedback.factories import make_assignment, make_opinion, make_reply_rule
from tests.meetings.factories import make_meeting
from tests.meetings.test_deadlines_shown import FRIDAY, make_rules

pytestmark = pytest.mark.django_db


def at(day: str):
    return time_machine.travel(f"{day} 09:00+07:00", tick=False)


def plain(text: str) -> str:
    """As it reads: one space for each gap, wherever lines and pages break."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip()


def words_of(pdf: bytes) -> str:
    """The text of the body, the page numbers in the top margin left out."""
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        pages = [page.crop((0, 18 * 72 / 25.4, page.width, page.height)).extract_text() for page in opened.pages]
    return plain(" ".join(pages))


def pages_of(pdf: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(pdf)).pages)


def due_on(*arguments) -> list[str]:
    """What ``manage.py due_on`` prints, without the bare date of its last line."""
    out = io.StringIO()
    call_command("due_on", *arguments, stdout=out)
    return out.getvalue().splitlines()[:-1]


def sheet_of(client: Client, record) -> bytes:
    name = "deadline_sheet" if isinstance(record, Meeting) else "assignment_sheet"
    answer = client.get(reverse(f"notices:{name}", args=[record.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "attachment" in answer["Content-Disposition"]
    return answer.content


def in_order(text: str, lines: list[str]) -> bool:
    """Whether the lines follow each other in the text."""
    return plain(" ".join(lines)) in text


def test_every_line_of_due_on_stands_on_the_sheet_and_on_the_page(cast, signed_in):
    make_rules(cast)
    client = signed_in("ward_clerk")
    with at("2026-08-22"):
        meeting = make_meeting(cast, state="held", day=FRIDAY)
        words = words_of(sheet_of(client, meeting))
        rows = meeting_sheet(meeting, []).rows
        page = plain(client.get(reverse("meetings:detail", args=[meeting.pk])).content.decode())
    questions = [
        ["2026-08-21", "--working-days=10"],
        ["2026-08-21", "--calendar-days=10"],
        ["2026-08-21", "--working-days=15"],
        ["2026-08-21", "--calendar-days=7", "--before"],
        ["2026-08-21", "--working-days=10", "--before"],
    ]
    for question in questions:
        lines = due_on(*question, "--locality=Phường Hoa Sen")
        assert len(lines) > 8
        assert in_order(words, lines), question
        assert all(f"<li>{line}</li>" in page for line in lines)
    for law in ("Điều 43 11-QĐ/TU", "Điều 8 11-QĐ/TU", "Điều 6 11-QĐ/TU", "Điều 9 11-QĐ/TU"):
        assert law in words
    marked = [(row.what, row.due_on) for row in rows if row.counts]
    assert [day for _what, day in marked] == [date(2026, 8, 7), date(2026, 9, 3)]
    assert "Số liệu tính đến 09:00 ngày 22/08/2026, theo lịch làm việc của Phường Hoa Sen" in words


def test_over_tet_three_rules_fit_and_every_face_is_the_documents_own(cast, signed_in):
    make_rules(cast, "conclusion", "law", "public")
    with at("2026-02-13"):
        meeting = make_meeting(cast, state="held", day=date(2026, 2, 12))
        pdf = sheet_of(signed_in("ward_clerk"), meeting)
    words = words_of(pdf)
    assert "Tết" in words and "17/02/2026" in words
    assert in_order(words, due_on("2026-02-12", "--working-days=10", "--locality=Phường Hoa Sen"))
    assert pages_of(pdf) <= 3
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        for page in opened.pages:
            assert {c["fontname"].partition("+")[2].startswith("Official-Serif") for c in page.chars} == {True}
            assert all(c["x1"] <= page.width - 14 * 72 / 25.4 for c in page.chars)
            lines = page.extract_text_lines()
            assert len(lines) > 8, "no page holds a remnant"
        numbers = [page.crop((0, 0, page.width, 18 * 72 / 25.4)).extract_text().strip() for page in opened.pages]
    assert numbers == ["", *(str(number) for number in range(2, len(numbers) + 1))]
    fonts = _embedded(pdf)
    assert fonts and all(fonts.values()), "each face is embedded"


def _embedded(pdf: bytes) -> dict[str, bool]:
    faces = {}
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            faces[font.get_object()["/BaseFont"]] = "/FontFile2" in descriptor or "/FontFile3" in descriptor
    return faces


def test_a_year_that_nobody_confirmed_is_said_to_be_provisional_until_it_is(cast, signed_in):
    make_rules(cast, "conclusion")
    CalendarYear.objects.all().delete()
    with at("2026-12-26"):
        meeting = make_meeting(cast, state="held", day=date(2026, 12, 25))
        words = words_of(sheet_of(signed_in("ward_clerk"), meeting))
        assert "Tạm tính: lịch nghỉ năm 2026, 2027 chưa được xác nhận" in words
        assert "(tạm tính)" in words
        for year in (2026, 2027):
            CalendarYear.objects.create(year=year, confirmed_by=cast.system_admin)
        words = words_of(sheet_of(signed_in("ward_clerk"), meeting))
    assert "tạm tính" not in words.lower()
    assert "lịch nghỉ đã được xác nhận đến hết năm 2027" in words


def test_before_the_meeting_the_sheet_says_that_its_deadlines_are_prospective(cast, signed_in):
    make_rules(cast)
    with at("2026-08-03"):
        words = words_of(sheet_of(signed_in("ward_clerk"), make_meeting(cast, day=FRIDAY)))
    assert words.count("được tính lại khi hội nghị được tổ chức.") == 3
    assert in_order(words, due_on("2026-08-21", "--calendar-days=10", "--locality=Phường Hoa Sen"))
    assert "chưa tổ chức" in words


def test_moves_and_the_assignments_of_the_meeting_stand_on_its_sheet(cast, signed_in):
    make_rules(cast, "law")
    with at("2026-08-24"):
        meeting = make_meeting(cast, state="held", day=FRIDAY)
        record_move(
            target=meeting,
            obligation=Obligation.CONCLUSION_NOTICE,
            due_on_before=date(2026, 9, 3),
            due_on_after=date(2026, 9, 4),
            cause=MoveCause.CALENDAR,
            actor=cast.system_admin,
            reason="Nghỉ bão số 9",
        )
        Meeting.objects.update(conclusion_due_on=date(2026, 9, 4))
        make_assignment(cast, make_opinion(cast, meeting))
        withdrawn = make_assignment(cast, make_opinion(cast, meeting), lead_department=cast.ward_culture)
        withdraw_assignment(withdrawn, actor=cast.ward_clerk, reason="Giao nhầm")
        words = words_of(sheet_of(signed_in("ward_clerk"), meeting))
    assert "từ 03/09/2026 sang 04/09/2026. Nghỉ bão số 9 – Lý Thị Hệ Thống" in words
    assert "Trả lời ý kiến số 1" in words and "(Phòng Kinh tế" in words
    assert "đã rút" in words


def test_a_sheet_holds_no_assignment_that_its_reader_may_not_see_and_no_citizen(cast, signed_in):
    with at("2026-08-24"):
        meeting = make_meeting(cast, state="held", day=FRIDAY)
        assignment = make_assignment(cast, make_opinion(cast, meeting, speaker="Nguyễn Văn Dân", phone="0912345678"))
        for record in (meeting, assignment):
            words = words_of(sheet_of(signed_in("ward_leader"), record))
            assert "Nguyễn Văn Dân" not in words and "0912345678" not in words
            for name in ("deadline_sheet", "assignment_sheet"):
                url = reverse(f"notices:{name}", args=[(meeting if name == "deadline_sheet" else assignment).pk])
                assert signed_in("sibling_clerk").get(url).status_code == 404


def test_an_assignments_sheet_tells_limit_extension_pause_and_history(cast, signed_in):
    client = signed_in("department_officer")
    with at("2026-09-07"):
        make_reply_rule(cast, 10, extension_days=5, allows_pause=True)
        assignment = make_assignment(cast)
        extension = request_extension(
            assignment, actor=cast.department_officer, asked_until=date(2026, 9, 24), reason="Mưa lũ <b>lớn</b>"
        )
        decide_extension(extension, actor=cast.ward_leader, is_granted=True, remark="Đồng ý")
    with at("2026-09-09"):
        pause_assignment(assignment, actor=cast.ward_clerk, reason="Chờ giám định")
        assert "tạm dừng từ 09/09/2026" in words_of(sheet_of(client, assignment))
    with at("2026-09-11"):
        resume_assignment(assignment, actor=cast.ward_clerk)
        assignment.refresh_from_db()
        words = words_of(sheet_of(client, assignment))
        page = client.get(reverse("feedback:assignment", args=[assignment.pk])).content.decode()
    assert assignment.due_on == date(2026, 9, 28)
    assert in_order(words, due_on("2026-09-07", "--working-days=10", "--locality=Phường Hoa Sen"))
    assert in_order(words, assignment.worked_answer())
    assert all(f"<li>{line}</li>" in page for line in assignment.worked_answer())
    assert "chậm nhất đến 30/09/2026" in words  # the rule's 28/09 and two days of pause
    assert "Mưa lũ <b>lớn</b>" in words
    told = [
        "Thời hạn ban đầu: 21/09/2026",
        "Đồng ý gia hạn",
        "Tạm dừng thời hạn từ 09/09/2026",
        "tính tiếp từ 11/09/2026",
    ]
    places = [words.find(what) for what in told]
    assert -1 not in places and places == sorted(places)


def test_a_meeting_that_nothing_binds_has_a_sheet_that_says_so(cast, signed_in):
    words = words_of(sheet_of(signed_in("ward_clerk"), make_meeting(cast)))
    assert "Không có quy định đang có hiệu lực nào ràng buộc hội nghị này về thời hạn." in words


def test_the_sheet_reads_vietnamese_for_whoever_reads_english(cast, signed_in):
    make_rules(cast, "law")
    client = signed_in("ward_clerk")
    client.cookies["django_language"] = "en"
    words = words_of(sheet_of(client, make_meeting(cast, state="held")))
    assert "Ban hành thông báo kết luận" in words
    assert "working day" not in words


def test_a_topic_as_long_as_allowed_stays_on_the_page(cast, signed_in):
    make_rules(cast)
    meeting = make_meeting(cast, topic="Đối_thoại_về_đất_đai" * 15)
    with pdfplumber.open(io.BytesIO(sheet_of(signed_in("ward_clerk"), meeting))) as opened:
        assert all(c["x1"] <= opened.pages[0].width - 14 * 72 / 25.4 for c in opened.pages[0].chars)


@pytest.mark.parametrize("name", ["deadline_sheet", "assignment_sheet"])
def test_the_sheets_are_only_read(cast, signed_in, name):
    record = make_meeting(cast) if name == "deadline_sheet" else make_assignment(cast)
    assert signed_in("ward_clerk").post(reverse(f"notices:{name}", args=[record.pk])).status_code == 405


@pytest.mark.parametrize("number", [1, 12])
def test_a_sheet_takes_the_same_few_queries_however_many_assignments(
    cast, signed_in, django_assert_max_num_queries, number
):
    make_rules(cast)
    meeting = make_meeting(cast, state="held")
    for _number in range(number):
        make_assignment(cast, make_opinion(cast, meeting))
    client = signed_in("ward_clerk")
    sheet_of(client, meeting)
    with django_assert_max_num_queries(12):
        sheet_of(client, meeting)
