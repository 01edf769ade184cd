"""Reading days from files: what is read, what is refused with which sentence, and what a file changes."""

import time
from datetime import date

import pytest
from django.utils import translation

from deadlines.counting import Calendar
from deadlines.holidays_vn import library_days
from deadlines.importing import MAX_BYTES, ImportedDay, compare, read, template
from deadlines.models import CalendarDay, DayKind

HEADINGS = "ngày;loại;tên;số văn bản;ngày văn bản"
OFF, WORKED = DayKind.DAY_OFF, DayKind.WORKING_DAY
LIBRARY = Calendar(*library_days())


@pytest.fixture(autouse=True)
def _english():
    """The sentences as they stand in the code."""
    with translation.override("en"):
        yield


def table(*lines: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *lines]).encode()


def calendar(*events: str) -> bytes:
    body = "".join(f"BEGIN:VEVENT\r\nUID:{n}@x\r\n{event}\r\nEND:VEVENT\r\n" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{body}END:VCALENDAR\r\n".encode()


def days_of(content: bytes, year=2027) -> list[tuple]:
    reading = read(content, year=year)
    assert reading.problems == []
    return [(f"{one.day:%d/%m}", one.kind, one.name) for one in reading.days]


def problem(content: bytes, year=2027) -> str:
    reading = read(content, year=year)
    assert len(reading.problems) == 1
    return reading.problems[0]


class TestTables:
    def test_a_table_is_read_with_its_decision(self):
        reading = read(table("05/02/2027;nghỉ;Tết;123/TB-BNV;2026-11-20"), year=2027)
        assert reading.days == [
            ImportedDay("Line 2", date(2027, 2, 5), OFF, "Tết", "123/TB-BNV", date(2026, 11, 20)),
        ]
        assert reading.problems == []

    @pytest.mark.parametrize(
        "content",
        [
            table("5/2/2027;Nghỉ;Tết;;"),
            table("2027-02-05;nghỉ bù;Tết"),
            b"\xef\xbb\xbf" + table("05/02/2027;nghỉ;Tết;;").replace(b"\n", b"\r\n"),
            table("05/02/2027,nghỉ,Tết,,", headings=HEADINGS.replace(";", ",")),
            table("05/02/2027\tnghỉ\tTết\t\t", headings=HEADINGS.replace(";", "\t")),
            ("\ufeff" + HEADINGS.replace(";", "\t") + "\r\n05/02/2027\tnghỉ\tTết\t\t\r\n").encode("utf-16-le"),
            b"sep=;\r\n" + table("05/02/2027;nghỉ;Tết;;"),
            table(" 05/02/2027 ;NGHỈ; Tết  ;;", "", ";;;;"),
            table("Tết;nghỉ;05/02/2027", headings="Tên;LOẠI;Ngày"),
            table('05/02/2027;nghỉ;"Tết";;', headings='"ngày";"loại";"tên";"số văn bản";"ngày văn bản"'),
            # Letters and marks apart, as macOS writes them.
            table("05/02/2027;nghỉ;Tết;;").decode().replace("ế", "e\u0302\u0301").encode(),
        ],
    )
    def test_the_ways_in_which_programs_write_a_table_all_read_the_same(self, content):
        assert days_of(content) == [("05/02", OFF, "Tết")]

    def test_the_template_reads_as_the_swap_it_shows(self):
        assert days_of(template().encode(), 2026) == [
            ("31/08", OFF, "Nghỉ hoán đổi, làm bù ngày 22/08/2026"),
            ("22/08", WORKED, "Làm bù cho ngày nghỉ hoán đổi 31/08/2026"),
        ]

    @pytest.mark.parametrize(
        ("line", "sentence"),
        [
            ("05/02/2026;nghỉ;Tết;;", "Line 2, cell “ngày”: 05/02/2026 is not a day of 2027"),
            ("30/02/2027;nghỉ;Tết;;", "Line 2, cell “ngày”: There is no 30/02/2027"),
            ("05/02/27;nghỉ;Tết;;", "Line 2, cell “ngày”: “05/02/27” is not a date"),
            ("mùng một;nghỉ;Tết;;", "Line 2, cell “ngày”: “mùng một” is not a date"),
            (";nghỉ;Tết;;", "Line 2, cell “ngày”: it is empty"),
            ("05/02/2027;có lẽ;Tết;;", "Line 2, cell “loại”: “có lẽ” is neither “nghỉ” nor “làm bù”"),
            ("05/02/2027;;Tết;;", "Line 2, cell “loại”: it is empty"),
            ("05/02/2027;nghỉ;;;", "Line 2, cell “tên”: it is empty"),
            ("05/02/2027;nghỉ", "Line 2, cell “tên”: it is empty"),
            (f"05/02/2027;nghỉ;{'T' * 201};;", "Line 2, cell “tên”: it is longer than 200"),
            (f"05/02/2027;nghỉ;Tết;{'9' * 61};", "Line 2, cell “số văn bản”: it is longer than 60"),
            ("05/02/2027;nghỉ;=1+1;;", "Line 2, cell “tên”: “=1+1” looks like a formula"),
            ("05/02/2027;nghỉ;@SUM(A1);;", "Line 2, cell “tên”: “@SUM(A1)” looks like a formula"),
            ("=DATE(2027,2,5);nghỉ;Tết;;", "Line 2, cell “ngày”: “=DATE(2027,2,5)” looks like a formula"),
            ("05/02/2027;nghỉ;Tết;1/TB;hôm qua", "Line 2, cell “ngày văn bản”: “hôm qua” is not a date"),
            ("05/02/2027;nghỉ;Tết;1/TB;01/01/1901", "Line 2, cell “ngày văn bản”: the date has to lie"),
            ("05/02/2027;nghỉ;Tết;;20/11/2026", "Line 2, cell “số văn bản”: the decision has a date but no number"),
        ],
    )
    def test_a_cell_that_makes_no_sense_is_named_with_its_line(self, line, sentence):
        assert problem(table(line)).startswith(sentence)

    def test_every_broken_cell_is_named_and_the_lines_are_counted_as_the_file_shows_them(self):
        problems = read(table("05/02/2027;nghỉ;Tết;;", "", "x;y;;;", headings="sep=;\n" + HEADINGS), year=2027).problems
        assert [one.partition(":")[0] for one in problems] == [
            "Line 5, cell “ngày”",
            "Line 5, cell “loại”",
            "Line 5, cell “tên”",
        ]

    def test_a_day_that_stands_twice_names_both_lines(self):
        twice = table("05/02/2027;nghỉ;Tết;;", "08/02/2027;nghỉ;Tết;;", "2027-02-05;làm bù;Tết;;")
        assert problem(twice).startswith("Line 4: thứ Sáu, 05/02/2027 is in the file already (Line 2)")

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"", "The file is empty"),
            (b"\xef\xbb\xbf \r\n", "The file is empty"),
            (table(), "There is not a single day"),
            (b"xin chao", "Line 1 lacks these headings: ngày, loại, tên"),
            (table("05/02/2027;nghỉ;Tết", headings="ngày;loại;lý do"), "Line 1 lacks these headings: tên"),
            (table("a;b;c;d", headings="ngày;loại;tên;ghi chú"), "Line 1 has headings that are unknown"),
            (
                table("a;b;c;d", headings="ngày;loại;tên;tên"),
                "Line 1 has headings that are unknown or stand twice: tên",
            ),
            (b"PK\x03\x04" + b"\x00" * 40, "The file is an Excel workbook"),
            (b"\xd0\xcf\x11\xe0" + b"\x00" * 40, "The file is an Excel workbook"),
            (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "The file is neither iCalendar nor a CSV table"),
            ("ngày;loại;tên".encode("cp1258", "replace"), "The file is neither iCalendar nor a CSV table"),
            (b"\x00\x01\x02" * 50, "The file is not text"),
            (b"\xff\xfe\x00", "The file is neither iCalendar nor a CSV table"),
            (b"a" * (MAX_BYTES + 1), "The file is larger than 2 MB"),
            (b"\n" * 1_000_000 + b"x", "The table has more than 2.000 lines"),
            (table(*["05/02/2027;nghỉ;T;;"] * 60_000), "The table has more than 2.000 lines"),
            (table('"' + "x" * 140_000), "The file is neither iCalendar nor a CSV table"),
        ],
    )
    def test_a_file_that_is_no_table_of_days_is_refused_in_one_sentence_and_at_once(self, content, sentence):
        started = time.monotonic()
        assert problem(content).startswith(sentence)
        assert time.monotonic() - started < 2

    def test_a_million_lines_are_refused_without_being_read(self):
        started = time.monotonic()
        assert problem(b"a\n" * 1_000_000).startswith("The table has more than 2.000 lines")
        assert time.monotonic() - started < 1

    def test_a_file_full_of_faults_names_the_first_fifty(self):
        problems = read(table(*["x;nghỉ;Tết;;"] * 300), year=2027).problems
        assert len(problems) == 51
        assert problems[-1] == "… and 250 more."


class TestCalendars:
    def test_days_and_make_up_days_are_read(self):
        content = calendar(
            "DTSTART;VALUE=DATE:20270205\r\nDTEND;VALUE=DATE:20270206\r\nSUMMARY:Tết",
            "DTSTART;VALUE=DATE:20270208\r\nSUMMARY:Nghỉ hoán đổi\\, làm bù ngày 20/02/2027",
            "DTSTART;VALUE=DATE:20270220\r\nSUMMARY:Làm bù cho ngày 08/02/2027",
            "DTSTART;VALUE=DATE:20270227\r\nSUMMARY:Thứ Bảy\r\nCATEGORIES:làm bù",
        )
        assert days_of(content) == [
            ("05/02", OFF, "Tết"),
            ("08/02", OFF, "Nghỉ hoán đổi, làm bù ngày 20/02/2027"),
            ("20/02", WORKED, "Làm bù cho ngày 08/02/2027"),
            ("27/02", WORKED, "Thứ Bảy"),
        ]

    def test_the_end_is_the_day_after_the_last_and_weekends_within_need_no_entry(self):
        spans = (
            "DTSTART;VALUE=DATE:20270204\r\nDTEND;VALUE=DATE:20270211\r\nSUMMARY:Tết",
            "DTSTART;VALUE=DATE:20270204\r\nDURATION:P7D\r\nSUMMARY:Tết",
        )
        for span in spans:
            assert [day for day, *_ in days_of(calendar(span))] == ["04/02", "05/02", "08/02", "09/02", "10/02"]

    def test_several_make_up_days_keep_their_weekend(self):
        event = "DTSTART;VALUE=DATE:20270220\r\nDTEND;VALUE=DATE:20270222\r\nSUMMARY:Đi làm bù"
        assert days_of(calendar(event)) == [("20/02", WORKED, "Đi làm bù"), ("21/02", WORKED, "Đi làm bù")]

    def test_what_was_cancelled_is_left_out_and_said(self):
        content = calendar(
            "DTSTART;VALUE=DATE:20270205\r\nSUMMARY:Tết",
            "DTSTART;VALUE=DATE:20270301\r\nSUMMARY:Bão\r\nSTATUS:CANCELLED",
        )
        reading = read(content, year=2027)
        assert [one.name for one in reading.days] == ["Tết"]
        assert reading.notes == ["Event 2 (“Bão”) is cancelled: left out."]

    @pytest.mark.parametrize(
        ("event", "sentence"),
        [
            ("DTSTART;VALUE=DATE:20270205\r\nSUMMARY:T\r\nRRULE:FREQ=YEARLY", "it repeats itself (RRULE)"),
            ("DTSTART;VALUE=DATE:20270205\r\nSUMMARY:T\r\nRDATE;VALUE=DATE:20270301", "it repeats itself"),
            ("DTSTART:20270205T000000Z\r\nSUMMARY:T", "it has a time of day"),
            ("DTSTART;TZID=Asia/Ho_Chi_Minh:20270205T000000\r\nSUMMARY:T", "it has a time of day"),
            ("DTSTART;VALUE=DATE:20270205\r\nDURATION:PT8H\r\nSUMMARY:T", "it has a time of day"),
            ("DTSTART;VALUE=DATE:20270205\r\nDTEND;VALUE=DATE:20270205\r\nSUMMARY:T", "it ends before it begins"),
            ("DTSTART;VALUE=DATE:20270205\r\nDTEND;VALUE=DATE:20270201\r\nSUMMARY:T", "it ends before it begins"),
            ("DTSTART;VALUE=DATE:20260205\r\nSUMMARY:T", "05/02/2026 is not a day of 2027"),
            (
                "DTSTART;VALUE=DATE:20271231\r\nDTEND;VALUE=DATE:20280103\r\nSUMMARY:T",
                "02/01/2028 is not a day of 2027",
            ),
            ("DTSTART;VALUE=DATE:20270101\r\nDTEND;VALUE=DATE:99991231\r\nSUMMARY:T", "30/12/9999 is not a day"),
            ("DTSTART;VALUE=DATE:20270205", "it has no name"),
            ("SUMMARY:T", "it has no first day"),
            ("DTSTART;VALUE=DATE:20270205\r\nSUMMARY:T\r\nno colon here", "one of its lines can't be read"),
            ("DTSTART;VALUE=DATE:2027XX05\r\nSUMMARY:T", "DTSTART can't be read"),
            ("DTSTART;VALUE=DATE:20270230\r\nSUMMARY:T", "DTSTART can't be read"),
            ("DTSTART;VALUE=DATE:20270205\r\nDTSTART;VALUE=DATE:20270206\r\nSUMMARY:T", "DTSTART can't be read"),
            ("DTSTART;VALUE=DATE:20270205\r\nSUMMARY:=1+1", "“=1+1” looks like a formula"),
            (f"DTSTART;VALUE=DATE:20270205\r\nSUMMARY:{'T' * 201}", "its name is longer than 200"),
            ("DTSTART;VALUE=DATE:20270206\r\nDTEND;VALUE=DATE:20270208\r\nSUMMARY:T", "it lies on a weekend"),
            ("DTSTART;VALUE=DATE:20270205\r\nSUMMARY:T\r\nCATEGORIES:nghỉ,làm bù", "its categories call it both"),
        ],
    )
    def test_an_event_that_makes_no_sense_is_named(self, event, sentence):
        found = problem(calendar(event))
        assert found.startswith("Event 1 (“")
        assert sentence in found

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "The iCalendar file is damaged"),
            (calendar() + calendar(), "The iCalendar file is damaged"),
            (calendar(), "There is not a single day"),
            (calendar(*["DTSTART;VALUE=DATE:20270205\r\nSUMMARY:T"] * 401), "The calendar has more than 400 events"),
            (b"BEGIN:VCALENDAR\r\n" + b"X:1\r\n" * 400_000 + b"END:VCALENDAR", "The calendar has more than 400 events"),
            (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VALARM\r\n" * 19_000, "The iCalendar file is damaged"),
        ],
    )
    def test_a_damaged_or_endless_calendar_is_refused_in_one_sentence_and_at_once(self, content, sentence):
        started = time.monotonic()
        assert problem(content).startswith(sentence)
        assert time.monotonic() - started < 3


class TestWhatAFileChanges:
    def entry(self, day=date(2027, 3, 1), kind=OFF, name="Bão số 1", number="", decided_on=None) -> CalendarDay:
        return CalendarDay(
            pk=7, version=3, day=day, kind=kind, name=name, decision_number=number, decision_date=decided_on
        )

    def compared(self, *lines: str, entries=(), without=LIBRARY, locality=None):
        reading = read(table(*lines), year=2027)
        assert reading.problems == []
        return compare(reading.days, entries=entries, without=without, locality=locality)

    def test_a_new_day_is_added_at_its_place(self):
        found = self.compared("01/03/2027;nghỉ;Bão số 1;12/QĐ-UBND;28/02/2027", locality=5)
        assert found.operations == [
            {
                "op": "add_day",
                "day": "2027-03-01",
                "kind": "day_off",
                "name": "Bão số 1",
                "decision_number": "12/QĐ-UBND",
                "decision_date": "2027-02-28",
                "locality": 5,
            }
        ]
        assert (found.problems, found.notes) == ([], [])

    def test_the_same_day_again_is_left_and_said(self):
        found = self.compared("01/03/2027;nghỉ;Bão số 1;;", entries=[self.entry()])
        assert found.operations == []
        assert found.notes == ["thứ Hai, 01/03/2027 stands in the calendar with the same content: left as it is."]

    @pytest.mark.parametrize(
        "line",
        [
            "01/03/2027;nghỉ;Bão số 2;;",
            "01/03/2027;nghỉ;Bão số 1;12/QĐ;",
            "01/03/2027;nghỉ;Bão số 1;12/QĐ;28/02/2027",
        ],
    )
    def test_a_day_with_other_content_becomes_an_edit_of_the_version_that_was_compared(self, line):
        (operation,) = self.compared(line, entries=[self.entry()]).operations
        assert (operation["op"], operation["pk"], operation["version"]) == ("edit_day", 7, 3)

    def test_a_holiday_of_the_law_needs_no_entry_but_gets_one_with_its_decision(self):
        assert self.compared("01/01/2027;nghỉ;Tết Dương lịch;;").operations == []
        assert "known without an entry" in self.compared("01/01/2027;nghỉ;Tết Dương lịch;;").notes[0]
        assert len(self.compared("01/01/2027;nghỉ;Tết Dương lịch;1/TB-BNV;").operations) == 1

    @pytest.mark.parametrize(
        ("line", "sentence"),
        [
            ("03/03/2027;làm bù;Làm bù;;", "Line 2: thứ Tư, 03/03/2027 is a working day already"),
            ("07/03/2027;nghỉ;Lễ hội;;", "Line 2: Chủ nhật, 07/03/2027 is a day off every week"),
            ("06/03/2027;nghỉ;Lễ hội;;", "Line 2: thứ Bảy, 06/03/2027 is a day off every week"),
        ],
    )
    def test_a_day_that_is_already_what_the_file_makes_it_is_refused(self, line, sentence):
        found = self.compared(line)
        assert found.operations == []
        assert found.problems[0].startswith(sentence)

    def test_a_saturday_worked_in_the_country_can_be_off_in_one_place_and_a_holiday_worked(self):
        worked = Calendar(LIBRARY.days_off, {date(2027, 3, 6): "làm bù"})
        assert len(self.compared("06/03/2027;nghỉ;Bão;;", without=worked, locality=5).operations) == 1
        assert len(self.compared("01/01/2027;làm bù;Trực;;", locality=5).operations) == 1
