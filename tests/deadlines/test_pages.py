"""The pages of the calendar, the regulations, the working-out and one's reminders."""

from datetime import date

import pytest
import time_machine
from django.template import Context, Template
from django.template.loader import render_to_string
from django.urls import reverse

from audit.models import Event
from deadlines.loading import load_calendar, load_regulations
from deadlines.models import CalendarDay, CalendarYear, Regulation, Reminder, Rule
from deadlines.services import calendar_memo, deadlines_for
from tests.deadlines.access import make_day, make_regulation, make_reminder, make_rule

pytestmark = pytest.mark.django_db


def page(client, name, query="", **kwargs):
    return client.get(reverse(f"deadlines:{name}", kwargs=kwargs) + query)


def send(client, name, data=None, **kwargs):
    return client.post(reverse(f"deadlines:{name}", kwargs=kwargs), data or {})


def apply(client, answer, **data):
    """Goes on from the form to the review that it leads to, and applies what is shown there."""
    assert answer.status_code == 302, answer.content.decode()
    review = client.get(answer.headers["Location"])
    assert review.status_code == 200
    seen = review.context["form"]["seen"].value()
    return client.post(f"{answer.headers['Location']}apply/", {"seen": seen, **data})


DAY = {
    "day": "04/01/2027",
    "kind": "day_off",
    "name": "Nghỉ hoán đổi",
    "decision_number": "1/TB-BNV",
    "decision_date": "01/12/2026",
    "locality": "",
}
REGULATION = {
    "number": "15-QĐ/ĐU",
    "title": "Quy chế tiếp xúc, đối thoại",
    "issuer": "Đảng ủy phường Hoa Sen",
    "issued_on": "01/07/2025",
    "in_force_from": "01/07/2025",
    "in_force_to": "",
    "jurisdiction": "Phường Hoa Sen, Tỉnh Sông Hồng",
}
RULE = {"obligation": "conclusion_notice", "number": "10", "unit": "working_days", "level": "", "meeting_type": ""}


class TestWorkingOut:
    def test_the_page_gives_the_worked_answer(self, signed_in):
        load_calendar()
        answer = page(signed_in("ward_clerk"), "working_out", "?start=2026-08-21&number=10&unit=working_days")
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "Ngày đến hạn: hết thứ Ba, 08/09/2026." in text
        assert "9441/TB-BNV" in text

    def test_htmx_gets_the_answer_alone(self, signed_in):
        url = reverse("deadlines:working_out") + "?start=21/08/2026&number=7&unit=calendar_days&direction=before"
        answer = signed_in("ward_clerk").get(url, headers={"HX-Request": "true"})
        assert b"<html" not in answer.content
        assert answer.context["count"].due_on == date(2026, 8, 14)

    def test_without_a_question_it_asks_for_ten_working_days_from_today(self, signed_in):
        with time_machine.travel("2026-08-20T18:00:00Z", tick=False):
            answer = page(signed_in("ward_clerk"), "working_out")
        assert answer.context["count"].start == date(2026, 8, 21)

    def test_it_counts_by_the_calendar_of_a_place(self, signed_in, cast):
        make_day(cast.ward)
        query = f"?start=2026-09-03&number=1&unit=working_days&locality={cast.ward.pk}"
        assert page(signed_in("ward_clerk"), "working_out", query).context["count"].due_on == date(2026, 9, 7)

    @pytest.mark.parametrize(
        "query",
        [
            "?start=2026-02-30&number=10&unit=working_days",
            "?start=2026-08-21&number=0&unit=working_days",
            "?start=2026-08-21&number=-1&unit=calendar_days",
            "?start=2026-08-21&number=1000000000&unit=calendar_days",
            "?start=2026-08-21&number=99999999999999999999999&unit=calendar_days",
            "?start=2026-08-21&number=10&unit=weeks",
            "?start=9999-12-31&number=10&unit=working_days",
            "?start=2026-08-21&number=10&unit=working_days&locality=999999999999999999999",
            "?start=%00&number=%00&unit=%00&locality=%00",
            "?start={{7*7}}&number=<b>&unit=working_days",
        ],
    )
    def test_a_question_without_sense_gets_a_sentence_and_422(self, signed_in, query):
        answer = page(signed_in("ward_clerk"), "working_out", query)
        assert answer.status_code == 422
        assert b"form-errors" in answer.content

    def test_it_takes_few_queries(self, signed_in, django_assert_max_num_queries):
        client = signed_in("ward_clerk")
        with django_assert_max_num_queries(8):
            page(client, "working_out")


class TestCalendar:
    def test_a_year_shows_holidays_swaps_and_days_of_places(self, signed_in, cast):
        load_calendar()
        make_day(cast.ward)
        make_day(cast.sibling_ward, name="Ngày riêng của phường bạn")
        text = page(signed_in("ward_clerk"), "calendar", "?year=2026").content.decode()
        assert "Ngày Văn hóa Việt Nam" in text
        assert "12729/VPCP-KGVX" in text
        assert "Nghỉ tránh bão" in text
        assert "Ngày riêng của phường bạn" not in text

    def test_an_unconfirmed_year_says_so_and_a_system_administrator_confirms_it(self, signed_in, cast):
        client = signed_in("system_admin")
        assert not page(client, "calendar", "?year=2027").context["confirmed"]
        assert send(client, "year_confirm", year=2027).status_code == 422
        assert send(client, "year_confirm", {"source": "1/TB-BNV"}, year=2027).status_code == 302
        assert CalendarYear.objects.get(year=2027).confirmed_by == cast.system_admin
        assert send(client, "year_confirm", {"source": "1/TB-BNV"}, year=2027).status_code == 409
        assert page(client, "year_confirm", year=1900).status_code == 404

    @pytest.mark.parametrize("year", ["1999", "2100", "abc", "-1", "٢٠٢٦", "20260"])
    def test_a_year_outside_the_calendar_is_not_found(self, signed_in, year):
        assert page(signed_in("ward_clerk"), "calendar", f"?year={year}").status_code == 404

    def test_the_number_of_queries_does_not_grow_with_the_days(self, signed_in, cast, django_assert_max_num_queries):
        for day in range(1, 29):
            make_day(cast.ward, date(2026, 10, day))
        client = signed_in("ward_admin")
        with django_assert_max_num_queries(8):
            page(client, "calendar", "?year=2026")

    def test_a_system_administrator_adds_changes_and_removes_a_day(self, signed_in, cast):
        client = signed_in("system_admin")
        proposed = send(client, "day_new", DAY)
        assert not CalendarDay.objects.exists()
        assert apply(client, proposed).status_code == 302
        day = CalendarDay.objects.get()
        assert (day.day, day.decision_date, day.locality) == (date(2027, 1, 4), date(2026, 12, 1), None)
        assert page(client, "day_edit", pk=day.pk).context["form"].initial["version"] == 1
        edited = send(client, "day_edit", DAY | {"name": "Khác", "version": 1}, pk=day.pk)
        assert CalendarDay.objects.get().name == "Nghỉ hoán đổi"
        assert apply(client, edited).status_code == 302
        assert CalendarDay.objects.get().name == "Khác"
        assert page(client, "day_remove", pk=day.pk).status_code == 200
        assert apply(client, send(client, "day_remove", pk=day.pk)).status_code == 302
        assert not CalendarDay.objects.exists()
        assert send(client, "day_remove", pk=day.pk).status_code == 404

    def test_a_unit_administrator_keeps_the_days_of_the_own_place_alone(self, signed_in, cast):
        client = signed_in("ward_admin")
        assert send(client, "day_new", DAY).status_code == 422
        assert send(client, "day_new", DAY | {"locality": "Phường Bằng Lăng"}).status_code == 422
        assert apply(client, send(client, "day_new", DAY | {"locality": "Phường Hoa Sen"})).status_code == 302
        assert CalendarDay.objects.get().locality == cast.ward
        assert send(client, "day_edit", DAY | {"version": 1}, pk=make_day(None).pk).status_code == 403
        assert send(client, "day_remove", pk=make_day(cast.province).pk).status_code == 403
        assert send(client, "day_remove", pk=make_day(cast.sibling_ward).pk).status_code == 404

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"day": "30/02/2027"}, 422),
            ({"day": ""}, 422),
            ({"kind": "holiday"}, 422),
            ({"name": "x" * 201}, 422),
            ({"day": "02/01/2027"}, 409),  # a Saturday
            ({"day": "06/01/2027", "kind": "working_day"}, 409),  # a make-up day that is a Wednesday
            ({"day": "01/01/1900"}, 409),
        ],
    )
    def test_a_senseless_day_is_refused_and_what_was_typed_stays(self, signed_in, changes, status):
        answer = send(signed_in("system_admin"), "day_new", DAY | changes)
        assert answer.status_code == status
        assert b"form-errors" in answer.content
        assert "1/TB-BNV" in answer.content.decode()
        assert not CalendarDay.objects.exists()

    def test_a_stale_form_shows_both_texts_and_can_be_saved_then(self, signed_in, cast):
        client, day = signed_in("system_admin"), make_day(None, date(2027, 1, 4), name="Của người khác", version=2)
        answer = send(client, "day_edit", DAY | {"version": 1}, pk=day.pk)
        assert answer.status_code == 409
        text = answer.content.decode()
        assert "Của người khác" in text
        assert "Nghỉ hoán đổi" in text
        assert answer.context["form"]["version"].value() == 2
        assert send(client, "day_edit", DAY | {"version": 2}, pk=day.pk).status_code == 302

    def test_markup_in_a_reason_is_shown_as_text(self, signed_in):
        make_day(None, date(2026, 9, 4), name="<script>alert(1)</script>{{ 7|add:7 }}")
        text = page(signed_in("ward_clerk"), "calendar", "?year=2026").content.decode()
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
        assert "{{ 7|add:7 }}" in text


class TestRegulations:
    def test_the_list_shows_what_binds_the_own_places(self, signed_in, cast):
        load_regulations()
        make_regulation(cast.ward)
        make_regulation(cast.sibling_ward, "99-QĐ/ĐU")
        text = page(signed_in("ward_clerk"), "regulations").content.decode()
        assert "12-QĐ/ĐU" in text
        assert "Luật số 72/2025/QH15" in text
        assert "99-QĐ/ĐU" not in text

    def test_pages_take_few_queries(self, signed_in, cast, django_assert_max_num_queries):
        load_regulations()
        one = make_regulation(cast.ward)
        for obligation in ("conclusion_notice", "publication", "announcement"):
            make_rule(one, obligation=obligation)
        client = signed_in("ward_admin")
        with django_assert_max_num_queries(8):
            page(client, "regulations")
        with django_assert_max_num_queries(10):
            page(client, "regulation", pk=one.pk)

    def test_a_unit_administrator_writes_a_regulation_and_its_rule(self, signed_in, cast):
        client = signed_in("ward_admin")
        assert send(client, "regulation_new", REGULATION).status_code == 302
        one = Regulation.objects.get()
        assert one.jurisdiction == cast.ward
        more_time = {"extension_days": "5"}
        assert apply(client, send(client, "rule_new", RULE | more_time, pk=one.pk)).status_code == 302
        rule = Rule.objects.get()
        assert (rule.extension_days, rule.allows_pause) == (5, False)
        edited = send(client, "rule_edit", RULE | {"number": "8", "version": 1}, pk=rule.pk)
        assert apply(client, edited).status_code == 302
        rule.refresh_from_db()
        assert (rule.number, rule.extension_days) == (8, None)
        assert send(client, "rule_edit", RULE | {"number": "9", "version": 1}, pk=rule.pk).status_code == 409
        assert "8" in page(client, "rule_remove", pk=rule.pk).content.decode()
        assert apply(client, send(client, "rule_remove", pk=rule.pk)).status_code == 302
        ended = REGULATION | {"in_force_to": "31/12/2026", "version": 1}
        assert apply(client, send(client, "regulation_edit", ended, pk=one.pk)).status_code == 302
        assert Event.objects.about(one).count() == 5
        assert page(client, "regulation", pk=one.pk).status_code == 200

    def test_a_unit_administrator_does_not_touch_what_binds_from_above_or_beside(self, signed_in, cast):
        client = signed_in("ward_admin")
        above, beside = make_regulation(cast.province), make_regulation(cast.sibling_ward)
        assert page(client, "regulation", pk=above.pk).status_code == 200
        for name in ("regulation_edit", "rule_new"):
            assert send(client, name, REGULATION | RULE, pk=above.pk).status_code == 403
            assert send(client, name, REGULATION | RULE, pk=beside.pk).status_code == 404
        assert send(client, "rule_edit", RULE, pk=make_rule(above).pk).status_code == 403
        assert send(client, "rule_remove", pk=make_rule(beside).pk).status_code == 404
        elsewhere = REGULATION | {"jurisdiction": "Phường Bằng Lăng"}
        assert send(client, "regulation_new", elsewhere).status_code == 422
        assert Regulation.objects.count() == 2

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"in_force_from": "30/02/2025"}, 422),
            ({"number": ""}, 422),
            ({"replaces": "999999"}, 422),
            ({"in_force_to": "30/06/2025"}, 409),
            ({"number": "12-QĐ/ĐU"}, 409),
        ],
    )
    def test_a_contradictory_regulation_is_refused(self, signed_in, cast, changes, status):
        make_regulation(cast.ward)
        answer = send(signed_in("ward_admin"), "regulation_new", REGULATION | changes)
        assert answer.status_code == status
        assert b"form-errors" in answer.content
        assert Regulation.objects.count() == 1

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({"number": "0"}, 422),
            ({"number": "-1"}, 422),
            ({"number": "1000000000"}, 409),
            ({"number": ""}, 422),
            ({"unit": "per_year"}, 409),
            ({"unit": "weeks"}, 422),
            ({"obligation": "meeting_quota"}, 409),
        ],
    )
    def test_a_contradictory_rule_is_refused(self, signed_in, cast, changes, status):
        one = make_regulation(cast.ward)
        assert send(signed_in("ward_admin"), "rule_new", RULE | changes, pk=one.pk).status_code == status
        assert not Rule.objects.exists()


class TestReminders:
    def test_unread_ones_come_first_and_others_people_s_never(self, signed_in, cast):
        read = make_reminder(cast.ward_clerk, cast.ward, for_day=date(2026, 9, 8), subject="Đã đọc rồi")
        Reminder.objects.filter(pk=read.pk).update(read_at="2026-09-08T01:00:00Z")
        make_reminder(cast.ward_clerk, cast.ward, subject="Chưa đọc")
        make_reminder(cast.ward_leader, cast.ward, subject="Của người khác")
        text = page(signed_in("ward_clerk"), "reminders").content.decode()
        assert text.index("Chưa đọc") < text.index("Đã đọc rồi")
        assert "Của người khác" not in text

    def test_reading_marks_it_and_leads_to_its_matter(self, signed_in, cast):
        reminder = make_reminder(cast.ward_clerk, cast.ward, url="/notices/1/")
        answer = send(signed_in("ward_clerk"), "reminder_read", pk=reminder.pk)
        assert answer.headers["Location"] == "/notices/1/"
        reminder.refresh_from_db()
        assert reminder.read_at

    def test_a_link_that_leaves_the_site_is_not_followed(self, signed_in, cast):
        reminder = make_reminder(cast.ward_clerk, cast.ward, url="//example.com/")
        answer = send(signed_in("ward_clerk"), "reminder_read", pk=reminder.pk)
        assert answer.headers["Location"] == reverse("deadlines:reminders")

    def test_another_person_s_reminder_is_not_found(self, signed_in, cast):
        reminder = make_reminder(cast.ward_leader, cast.ward)
        assert send(signed_in("ward_clerk"), "reminder_read", pk=reminder.pk).status_code == 404

    @pytest.mark.parametrize("newest", ["", "abc", "-1", "9" * 30, "²"])
    def test_all_can_be_read_at_once_whatever_is_sent(self, signed_in, cast, newest):
        make_reminder(cast.ward_clerk, cast.ward)
        assert send(signed_in("ward_clerk"), "reminders_read_all", {"newest": newest}).status_code == 302
        assert not Reminder.objects.unread().exists()

    def test_the_number_of_queries_does_not_grow_with_the_reminders(
        self, signed_in, cast, django_assert_max_num_queries
    ):
        for day in range(1, 29):
            make_reminder(cast.ward_clerk, cast.ward, for_day=date(2026, 9, day))
        client = signed_in("ward_clerk")
        with django_assert_max_num_queries(8):
            page(client, "reminders")


class TestPieces:
    """What other pages include."""

    def test_all_deadlines_of_a_meeting_are_shown_with_the_earliest_first(self, cast):
        load_calendar()
        load_regulations()
        make_rule(make_regulation(cast.ward), article="Điều 5")
        deadlines = deadlines_for(
            locality=cast.ward,
            level="commune",
            meeting_type="periodic",
            obligation="conclusion_notice",
            counted_from=date(2026, 8, 21),
        )
        rows = [{"law": one.law, "due_on": one.due_on, "count": one.count, "days_late": None} for one in deadlines]
        text = render_to_string(
            "deadlines/_deadlines.html", {"deadlines": rows, "done_on": None, "locality": cast.ward}
        )
        assert f"Tính theo lịch làm việc của {cast.ward}" in text
        assert text.index("Điều 43 Luật số 72/2025/QH15") < text.index("Điều 5 12-QĐ/ĐU")
        question = f"start=2026-08-21&amp;number=10&amp;unit=working_days&amp;locality={cast.ward.pk}"
        assert f"{reverse('deadlines:working_out')}?{question}" in text
        assert "khoản 5 Điều 148 Bộ luật Dân sự 2015" in text

    def test_the_badge_counts_by_the_working_calendar_with_one_query_a_request(self, cast, django_assert_num_queries):
        load_calendar()
        page = Template("{% load deadlines %}{% for day in days %}{% deadline_badge day %}|{% endfor %}")
        days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 2), date(2026, 9, 3)]
        with time_machine.travel("2026-08-28T03:00:00Z", tick=False), calendar_memo(), django_assert_num_queries(1):
            badges = page.render(Context({"days": days})).split("|")
        assert all("deadline-warning" in badge for badge in badges[:4])
        assert "1" in badges[3]
