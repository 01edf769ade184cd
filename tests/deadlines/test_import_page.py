"""The page that reads a file of days and puts what it changes up for review."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from deadlines.loading import load_calendar
from deadlines.models import CalendarDay, Change, ChangeState
from tests.deadlines.access import make_day

pytestmark = pytest.mark.django_db
URL = "/settings/calendar/import/"
HEADINGS = "ngày;loại;tên;số văn bản;ngày văn bản\n"


@pytest.fixture(autouse=True)
def _calendar(cast):
    load_calendar()


def send(client, text: str, *, year=2027, name="lich.csv", **fields):
    return client.post(URL, {"year": year, "file": SimpleUploadedFile(name, text.encode())} | fields)


def test_a_file_becomes_a_change_that_waits_for_review_and_nothing_applies(cast, signed_in):
    before = list(CalendarDay.objects.values())
    text = HEADINGS + "08/02/2027;nghỉ;Tết;1/TB-BNV;20/11/2026\n20/02/2027;làm bù;Làm bù cho ngày 11/02/2027;;"
    answer = send(signed_in("system_admin"), text, decision_number="2/TB-BNV", decision_date="21/11/2026")
    change = Change.objects.get()
    assert answer.status_code == 302
    assert answer.url == reverse("deadlines:change", args=[change.pk])
    assert (change.state, change.locality, change.proposed_by) == (ChangeState.PROPOSED, None, cast.system_admin)
    assert change.file_name == "lich.csv"
    decisions = [(one["op"], one["day"], one["decision_number"], one["decision_date"]) for one in change.operations]
    # The decision given for the whole file fills in what a line leaves empty, and nothing else.
    assert decisions == [
        ("add_day", "2027-02-08", "1/TB-BNV", "2026-11-20"),
        ("add_day", "2027-02-20", "2/TB-BNV", "2026-11-21"),
    ]
    assert list(CalendarDay.objects.values()) == before


def test_a_calendar_of_a_place_is_compared_with_the_days_of_that_place(cast, signed_in):
    kept = make_day(cast.ward, date(2027, 3, 2), name="Bão số 1")
    edited = make_day(cast.ward, date(2027, 3, 3), name="Bão số 1")
    make_day(cast.sibling_ward, date(2027, 3, 4), name="Bão số 1")
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Bão số 1\r\n"
        "DTSTART;VALUE=DATE:20270302\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nSUMMARY:Bão số 2\r\n"
        "DTSTART;VALUE=DATE:20270303\r\nDTEND;VALUE=DATE:20270305\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    place = f"{cast.ward.name}, {cast.province.name}"
    client = signed_in("ward_admin")
    answer = send(client, text, name="bao.ics", locality=place)
    assert answer.status_code == 302
    change = Change.objects.get()
    assert change.locality == cast.ward
    assert [(one["op"], one["day"], one.get("pk")) for one in change.operations] == [
        ("edit_day", "2027-03-03", edited.pk),
        ("add_day", "2027-03-04", None),
    ]
    page = client.get(answer.url).content.decode()
    assert "02/03/2027" in page  # what was left as it is gets said
    kept.refresh_from_db()
    assert kept.version == 1


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        (HEADINGS + "08/02/2026;nghỉ;Tết;;", ["Dòng 2", "ngày", "08/02/2026", "2027"]),
        (HEADINGS + "08/02/2027;nghỉ;Tết;;\n08/02/2027;nghỉ;Tết;;", ["Dòng 3", "Dòng 2", "08/02/2027"]),
        (HEADINGS + "03/03/2027;làm bù;Bù;;", ["Dòng 2", "thứ Tư, 03/03/2027"]),
        (HEADINGS + "07/03/2027;nghỉ;Lễ;;", ["Dòng 2", "Chủ nhật, 07/03/2027"]),
        (HEADINGS + "08/02/2027;nghỉ;=HYPERLINK(1);;", ["Dòng 2", "tên", "=HYPERLINK(1)"]),
        (HEADINGS + "11/02/2027;nghỉ;Tốt;;\nmai;nghỉ;Tết;;", ["Dòng 3", "mai"]),
        # What can't be read and what makes no sense are named together.
        (HEADINGS + "mai;nghỉ;Tết;;\n03/03/2027;làm bù;Bù;;", ["Dòng 2", "Dòng 3", "thứ Tư, 03/03/2027"]),
        ("\x00\x01", []),
    ],
)
def test_one_fault_in_the_file_and_nothing_is_kept(cast, signed_in, text, sentences):
    answer = send(signed_in("system_admin"), text)
    assert answer.status_code == 422
    assert not Change.objects.exists()
    page = answer.content.decode()
    for sentence in sentences:
        assert sentence in page


def test_a_file_that_changes_nothing_is_said_so(cast, signed_in):
    answer = send(
        signed_in("system_admin"),
        HEADINGS + "02/01/2026;nghỉ;Nghỉ hoán đổi, làm bù ngày 10/01/2026;12729/VPCP-KGVX;25/12/2025",
        year=2026,
    )
    assert answer.status_code == 409
    assert not Change.objects.exists()


def test_the_unit_administrator_gives_no_days_to_the_country_nor_to_another_place(cast, signed_in):
    text = HEADINGS + "11/02/2027;nghỉ;Bão;;"
    client = signed_in("ward_admin")
    assert send(client, text).status_code == 422
    assert send(client, text, locality=f"{cast.sibling_ward.name}, {cast.province.name}").status_code == 422
    assert not Change.objects.exists()


def test_what_was_typed_stays_when_the_file_is_refused(signed_in):
    page = send(signed_in("system_admin"), "x", decision_number="7/TB-BNV").content.decode()
    assert 'value="7/TB-BNV"' in page
    assert 'value="2027"' in page


def test_a_date_of_a_decision_without_its_number_is_refused(signed_in):
    answer = send(signed_in("system_admin"), HEADINGS + "11/02/2027;nghỉ;Bão;;", decision_date="21/11/2026")
    assert answer.status_code == 422
    assert "decision_number" in answer.context["form"].errors


def test_the_template_reads_back_as_a_file(signed_in):
    client = signed_in("system_admin")
    answer = client.get("/settings/calendar/import/template/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="lich-nghi.csv"'
    assert answer.content.startswith("\ufeffngày;loại;tên".encode())
    # Its example is the swap of August 2026, which the calendar has.
    assert send(client, answer.content.decode(), year=2026).status_code == 409
