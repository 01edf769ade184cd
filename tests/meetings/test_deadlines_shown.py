"""The meeting's page shows every deadline that binds it, with its law and its working-out."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from deadlines.counting import CALENDAR_DAYS, WORKING_DAYS, count, count_back
from deadlines.models import CalendarYear, Obligation, Regulation, Rule
from deadlines.services import working_calendar
from meetings.bounds import bounds_of
from meetings.models import Meeting
from meetings.services import edit_meeting, mark_concluded, postpone_meeting
from tests.meetings.factories import local, make_meeting

pytestmark = pytest.mark.django_db

FRIDAY = date(2026, 8, 21)
DIALOGUE = {
    "conclusion": (Obligation.CONCLUSION_NOTICE, 10, WORKING_DAYS, "Điều 8"),
    "law": (Obligation.CONCLUSION_NOTICE, 10, CALENDAR_DAYS, "Điều 43"),
    "ahead": (Obligation.ANNOUNCEMENT, 7, CALENDAR_DAYS, "Điều 6"),
    "early": (Obligation.ANNOUNCEMENT, 10, WORKING_DAYS, "Điều 7"),
    "public": (Obligation.PUBLICATION, 15, WORKING_DAYS, "Điều 9"),
    "quota": (Obligation.MEETING_QUOTA, 2, "per_year", "Điều 3"),
}


def make_rules(cast, *names, **fields):
    regulation, _created = Regulation.objects.get_or_create(
        number="11-QĐ/TU",
        jurisdiction=cast.province,
        defaults={"title": "Quy định", "issuer": "Tỉnh ủy", "in_force_from": date(2020, 1, 1)},
    )
    for name in names or DIALOGUE:
        obligation, number, unit, article = DIALOGUE[name]
        Rule.objects.create(
            regulation=regulation, obligation=obligation, number=number, unit=unit, article=article, **fields
        )
    return regulation


def page_of(client, meeting):
    answer = client.get(reverse("meetings:detail", args=[meeting.pk]))
    return answer.context["deadlines"], answer.content.decode()


def test_after_the_meeting_all_that_bind_it_are_shown_and_the_earliest_of_each_counts(cast, signed_in):
    make_rules(cast)
    with time_machine.travel("2026-08-22 09:00+07:00", tick=False):
        meeting = make_meeting(cast, state="held", day=FRIDAY)
        rows, html = page_of(signed_in("ward_clerk"), meeting)
    assert [(row.obligation, row.law, row.counts, row.is_alone) for row in rows] == [
        ("announcement", "Điều 7 11-QĐ/TU", True, False),
        ("announcement", "Điều 6 11-QĐ/TU", False, False),
        ("conclusion_notice", "Điều 43 11-QĐ/TU", True, False),
        ("conclusion_notice", "Điều 8 11-QĐ/TU", False, False),
        ("publication", "Điều 9 11-QĐ/TU", True, True),
    ]
    calendar = working_calendar(cast.ward)
    expected = [
        count_back(FRIDAY, 10, WORKING_DAYS, calendar),
        count_back(FRIDAY, 7, CALENDAR_DAYS, calendar),
        count(FRIDAY, 10, CALENDAR_DAYS, calendar),
        count(FRIDAY, 10, WORKING_DAYS, calendar),
        count(FRIDAY, 15, WORKING_DAYS, calendar),
    ]
    assert [row.count for row in rows] == expected
    assert [row.due_on for row in rows][2:4] == [date(2026, 9, 3), date(2026, 9, 8)]
    for answer in expected:
        for line in answer.lines():
            assert f"<li>{line}</li>" in html
    for row in rows:
        assert row.law in html
    assert meeting.conclusion_due_on == date(2026, 9, 3)


def test_before_the_meeting_the_announcement_runs_and_the_others_are_prospective(cast, signed_in):
    make_rules(cast)
    with time_machine.travel("2026-08-03 09:00+07:00", tick=False):
        meeting = make_meeting(cast, day=FRIDAY)
        rows, html = page_of(signed_in("ward_clerk"), meeting)
    assert [(row.obligation, row.is_prospective) for row in rows] == [
        ("announcement", False),
        ("announcement", False),
        ("conclusion_notice", True),
        ("conclusion_notice", True),
        ("publication", True),
    ]
    assert html.count("21/08/2026") > 3
    assert "deadline-danger" not in html
    assert not meeting.deadlines.exists(), "showing them keeps nothing"


def test_a_day_in_a_year_that_nobody_confirmed_is_marked_as_provisional(cast, signed_in):
    make_rules(cast, "conclusion")
    CalendarYear.objects.all().delete()
    with time_machine.travel("2026-12-01 09:00+07:00", tick=False):
        meeting = make_meeting(cast, day=date(2026, 12, 21))
        CalendarYear.objects.create(year=2026, confirmed_by=cast.system_admin)
        [row], html = page_of(signed_in("ward_clerk"), meeting)
        assert row.is_provisional and "deadline-provisional" in html
        CalendarYear.objects.create(year=2027, confirmed_by=cast.system_admin)
        [row], html = page_of(signed_in("ward_clerk"), meeting)
    assert not row.is_provisional and "deadline-provisional" not in html


def test_a_day_that_has_passed_before_the_meeting_was_held_makes_nothing_late_but_the_announcement(cast, signed_in):
    make_rules(cast)
    with time_machine.travel("2026-08-03 09:00+07:00", tick=False):
        meeting = make_meeting(cast, day=FRIDAY)
    with time_machine.travel("2026-12-01 09:00+07:00", tick=False):
        _rows, html = page_of(signed_in("ward_clerk"), meeting)
    assert html.count("deadline-danger") >= 2
    assert html.count('class="deadline deadline-neutral"') == 3


def test_a_meeting_that_was_never_announced_says_so_and_is_not_overdue_for_ever(cast, signed_in):
    make_rules(cast, "ahead")
    with time_machine.travel("2026-08-22 09:00+07:00", tick=False):
        meeting = make_meeting(cast, state="held", day=FRIDAY)
        Meeting.objects.update(announced_on=None)
        rows, html = page_of(signed_in("ward_clerk"), meeting)
    assert [(row.obligation, row.is_missed) for row in rows] == [("announcement", True)]
    assert "deadline-danger" not in html


def test_what_was_done_and_what_was_extended_stand_beside_what_the_rule_gave(cast, signed_in):
    make_rules(cast, "law", "public")
    with time_machine.travel("2026-08-22 09:00+07:00", tick=False):
        meeting = make_meeting(cast, state="held", day=FRIDAY)
        Meeting.objects.update(conclusion_due_on=date(2026, 9, 7))
        mark_concluded(meeting, on=date(2026, 8, 22))
        meeting.refresh_from_db()
        rows, html = page_of(signed_in("ward_clerk"), meeting)
    conclusion, publication = rows
    assert (conclusion.due_on, conclusion.is_moved, conclusion.done_on) == (date(2026, 9, 7), True, date(2026, 8, 22))
    assert conclusion.count.due_on == date(2026, 9, 3)
    assert "07/09/2026" in html and "03/09/2026" in html
    assert (publication.is_moved, publication.done_on) == (False, None)


def test_what_bound_the_meeting_stays_when_the_rules_change_later(cast, signed_in):
    make_rules(cast, "law")
    with time_machine.travel("2026-08-22 09:00+07:00", tick=False):
        meeting = make_meeting(cast, state="held", day=FRIDAY)
        Rule.objects.update(number=3)
        rows, _html = page_of(signed_in("ward_clerk"), meeting)
    assert [(row.count.number, row.due_on) for row in rows] == [(10, date(2026, 9, 3))]


def test_only_rules_of_the_level_the_type_and_the_place_bind(cast):
    make_rules(cast, "law", level="province")
    make_rules(cast, "conclusion", meeting_type="voter_contact")
    elsewhere = make_rules(cast, "public")
    elsewhere.jurisdiction = cast.sibling_ward
    elsewhere.save()
    assert bounds_of(make_meeting(cast)) == []


def test_a_cancelled_meeting_has_no_deadlines(cast, signed_in):
    make_rules(cast)
    meeting = make_meeting(cast, state="cancelled")
    assert bounds_of(meeting) == []
    assert signed_in("ward_clerk").get(reverse("meetings:detail", args=[meeting.pk])).status_code == 200


@pytest.mark.parametrize("state", ["planned", "held"])
def test_the_page_stays_within_ten_queries_however_many_rules_bind(
    cast, signed_in, django_assert_max_num_queries, state
):
    meeting = make_meeting(cast)
    client, url = signed_in("ward_clerk"), reverse("meetings:detail", args=[meeting.pk])
    for _times in range(4):
        make_rules(cast)
    meeting = make_meeting(cast, state=state)
    url = reverse("meetings:detail", args=[meeting.pk])
    client.get(url)
    with django_assert_max_num_queries(12):
        assert len(client.get(url).context["deadlines"]) == 20


def test_a_postponed_meeting_shows_what_its_new_day_asks_and_nothing_without_one(cast, signed_in):
    make_rules(cast, "ahead")
    with time_machine.travel("2026-08-03 09:00+07:00", tick=False):
        meeting = make_meeting(cast, state="announced", day=FRIDAY)
        [row] = page_of(signed_in("ward_clerk"), meeting)[0]
        assert row.done_on == meeting.announced_on
        postpone_meeting(meeting, actor=cast.ward_clerk, reason="Mưa bão")
        assert page_of(signed_in("ward_clerk"), meeting)[0] == []
        new = local(FRIDAY + timedelta(days=7))
        edit_meeting(
            meeting,
            actor=cast.ward_clerk,
            version=meeting.version,
            planned_start=new,
            planned_end=new + timedelta(hours=2),
        )
        [row] = page_of(signed_in("ward_clerk"), meeting)[0]
    assert row.done_on is None, "the old announcement named another day"
