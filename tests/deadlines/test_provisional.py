"""What crosses a year that nobody has confirmed says so wherever it is shown, until somebody does."""

from datetime import date

import pytest
import time_machine
from django.template import Context, Template
from django.template.loader import render_to_string
from django.urls import reverse

from deadlines.counting import count
from deadlines.loading import load_calendar
from deadlines.models import CalendarYear
from deadlines.services import (
    add_calendar_day,
    as_of_now,
    calendar_memo,
    confirm_year,
    confirmed_years,
    working_calendar,
)
from tests.deadlines.access import make_day
from tests.meetings.factories import make_meeting

pytestmark = pytest.mark.django_db
BADGE = Template("{% load deadlines %}{% deadline_badge due_on done_on '' place %}")


@pytest.fixture(autouse=True)
def _loaded(db):
    load_calendar()
    with time_machine.travel("2026-12-21T03:00:00Z", tick=False):
        yield


def badge(due_on: date, done_on=None, place=None) -> str:
    return BADGE.render(Context({"due_on": due_on, "done_on": done_on, "place": place}))


def test_the_badge_of_a_date_in_the_open_year_says_provisional_until_the_year_is_confirmed(cast):
    assert "tạm tính" in badge(date(2027, 1, 8))
    assert "2027" in badge(date(2027, 1, 8)).split("deadline-provisional")[1]
    assert "tạm tính" not in badge(date(2026, 12, 31))
    confirm_year(actor=cast.system_admin, year=2027, source="1/TB-BNV")
    assert "tạm tính" not in badge(date(2027, 1, 8))
    assert "2028" in badge(date(2028, 1, 4)).split("deadline-provisional")[1]


def test_what_is_done_is_provisional_no_more():
    assert "tạm tính" not in badge(date(2027, 1, 8), date(2026, 12, 20))


def test_an_overdue_date_of_a_confirmed_year_stays_plain_in_the_new_year():
    with time_machine.travel("2027-01-05T03:00:00Z", tick=False):
        assert "tạm tính" not in badge(date(2026, 12, 31))


def test_the_mark_takes_no_query_of_its_own(cast, django_assert_num_queries):
    page = Template("{% load deadlines %}{% for day in days %}{% deadline_badge day locality=place %}{% endfor %}")
    days = [date(2026, 12, 21), date(2027, 1, 8), date(2027, 1, 11)]
    with calendar_memo(), django_assert_num_queries(1):
        shown = page.render(Context({"days": days, "place": cast.ward}))
    assert shown.count("deadline-provisional") == 2


def test_a_list_over_many_places_takes_as_many_queries_as_one_over_three(cast, django_assert_max_num_queries):
    make_day(cast.ward, date(2026, 12, 22))
    make_day(cast.sibling_ward, date(2026, 12, 23))
    make_day(cast.province, date(2026, 12, 24))
    places = [cast.ward, cast.sibling_ward, cast.residential_area, cast.province, None] * 20
    with calendar_memo(), django_assert_max_num_queries(4):
        shown = [working_calendar(place) for place in places]
    assert shown[0].is_day_off(date(2026, 12, 22))
    assert not shown[0].is_day_off(date(2026, 12, 23))
    assert shown[1].is_day_off(date(2026, 12, 23))
    assert shown[2].is_day_off(date(2026, 12, 22))
    assert [calendar.is_day_off(date(2026, 12, 24)) for calendar in shown[:5]] == [True, True, True, True, False]
    assert shown[:5] == shown[95:]


def test_a_day_added_in_the_middle_of_a_request_holds_at_once_for_every_place(cast):
    with calendar_memo():
        for place in (cast.ward, cast.sibling_ward, cast.residential_area):
            assert working_calendar(place).is_working_day(date(2026, 12, 22))
        add_calendar_day(actor=cast.ward_admin, day=date(2026, 12, 22), kind="day_off", name="Bão", locality=cast.ward)
        assert working_calendar(cast.residential_area).is_day_off(date(2026, 12, 22))
        assert working_calendar(cast.sibling_ward).is_working_day(date(2026, 12, 22))


def test_a_snapshot_keeps_its_years_and_is_shown_without_those_confirmed_since(cast):
    kept = count(date(2026, 12, 25), 10, "working_days", working_calendar())
    assert kept.provisional_years == (2027,)
    assert "count-provisional" in render_to_string("deadlines/_count.html", {"count": kept})
    confirm_year(actor=cast.system_admin, year=2027)
    assert 2027 in confirmed_years()
    assert kept.provisional_years == (2027,)
    assert as_of_now(kept).lines() == [line for line in kept.lines() if not line.startswith("Tạm tính")]
    assert "count-provisional" not in render_to_string("deadlines/_count.html", {"count": kept})


def test_the_calendar_counts_what_reaches_into_the_open_year_within_the_sight_of_the_person(cast, signed_in):
    meeting = make_meeting(cast, state="held")
    type(meeting).objects.filter(pk=meeting.pk).update(conclusion_due_on=date(2027, 1, 8), concluded_on=None)
    url = reverse("deadlines:calendar")
    assert signed_in("ward_clerk").get(url, {"year": 2027}).context["reaching"] == 1
    assert signed_in("sibling_clerk").get(url, {"year": 2027}).context["reaching"] == 0
    # This year is confirmed: its page already warns of the next one.
    this_year = signed_in("system_admin").get(url)
    assert (this_year.context["open_year"], this_year.context["reaching"]) == (2027, 1)
    assert reverse("deadlines:year_confirm", args=[2027]) in this_year.content.decode()
    assert reverse("deadlines:year_confirm", args=[2027]) not in signed_in("ward_clerk").get(url).content.decode()
    CalendarYear.objects.create(year=2027)
    assert signed_in("system_admin").get(url, {"year": 2027}).context["open_year"] is None


def test_the_calendar_of_a_place_shows_what_holds_there_and_nothing_beside_it(cast, signed_in):
    make_day(cast.ward, date(2026, 9, 4), name="Bão ở phường Hoa Sen")
    make_day(cast.sibling_ward, date(2026, 9, 7), name="Lễ hội phường bạn")
    make_day(cast.province, date(2026, 9, 4), name="Bão cả tỉnh")
    url, client = reverse("deadlines:calendar"), signed_in("system_admin")
    for place in (cast.residential_area.pk, f"{cast.ward.name}, {cast.province.name}"):
        page = client.get(url, {"year": 2026, "place": place}).content.decode()
        assert "Bão ở phường Hoa Sen" in page
        assert "Bão cả tỉnh" not in page  # the nearer entry counts
        assert "Lễ hội phường bạn" not in page
        assert "Ngày Văn hóa Việt Nam" in page
    everything = client.get(url, {"year": 2026}).content.decode()
    assert "Bão cả tỉnh" in everything
    assert "Lễ hội phường bạn" in everything


@pytest.mark.parametrize("place", ["Phường Không Có", "999999999", "9" * 30, "\x00", "٣"])
def test_a_place_that_does_not_exist_is_said_and_the_whole_calendar_shown(cast, signed_in, place):
    answer = signed_in("ward_clerk").get(reverse("deadlines:calendar"), {"year": 2026, "place": place})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert answer.context["place"] is None


def test_the_calendar_says_what_is_known_from_the_library_alone(signed_in):
    page = signed_in("ward_clerk").get(reverse("deadlines:calendar"), {"year": 2014})
    rows = {row.day: row for row in page.context["rows"]}
    assert rows[date(2014, 5, 2)].is_from_library_alone
    assert rows[date(2014, 4, 26)].is_from_library_alone
    assert not rows[date(2014, 4, 30)].is_from_library_alone
    assert not rows[date(2014, 1, 28)].is_from_library_alone  # an entry, though without a number
    assert "lấy từ thư viện ngày lễ, chưa đối chiếu với văn bản" in page.content.decode()
    assert "chưa rõ số văn bản" in page.content.decode()
