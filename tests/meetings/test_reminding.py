"""Reminders to announce a meeting: counted back from it, by the rules of now, until it is announced or past."""

from datetime import date, datetime, timedelta

import pytest
import time_machine

from deadlines import clock
from deadlines.models import Heartbeat, Obligation, Quantity, Reminder, ReminderKind
from deadlines.services import moves_of
from deadlines.services.sweeping import Calendars
from meetings.models import Meeting, MeetingState
from meetings.services import announce_meeting, announcement_limits, edit_meeting, postpone_meeting
from meetings.services.reminding import AnnouncementSweep, remind_of_due_announcements
from meetings.tasks import remind_of_announcements
from tests.deadlines.access import make_regulation, make_rule
from tests.meetings.factories import local, make_meeting

# A plain stretch without holidays: planned on 1 June for Friday 26 June 2026; 7 days ahead is Friday the 19th.
PLANNED, DAY, DUE = date(2026, 6, 1), date(2026, 6, 26), date(2026, 6, 19)


def at(day: date, hour=8, minute=0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.VIETNAM)


@pytest.fixture
def rule(cast):
    regulation = make_regulation(cast.country)
    return make_rule(regulation, obligation=Obligation.ANNOUNCEMENT, number=7, unit=Quantity.CALENDAR_DAYS)


@pytest.fixture
def meeting(cast, rule):
    with time_machine.travel(at(PLANNED), tick=False):
        return make_meeting(cast, day=DAY)


def run_every_day(first: date, last: date) -> int:
    written, day = 0, first
    while day <= last:
        written += remind_of_due_announcements(now=at(day))
        day += timedelta(days=1)
    return written


def told(who="vanthu"):
    rows = Reminder.objects.filter(recipient__username=who).exclude(kind=ReminderKind.INFORMATION)
    return [(row.for_day.day, row.kind.removeprefix("announcement_")) for row in rows.order_by("for_day", "pk")]


def test_before_on_and_after_the_last_day_to_announce(meeting):
    run_every_day(PLANNED, DAY + timedelta(days=10))
    late = [(day, "late") for day in (22, 23, 24, 25)]  # on the 26th, at 08:00, it begins
    assert told() == [(16, "due"), (18, "due"), (19, "due"), *late]
    assert told("chutich") == told()
    assert told("chutichtinh") == [(23, "escalated")]


def test_an_announced_meeting_is_left_alone(cast, meeting):
    run_every_day(PLANNED, date(2026, 6, 16))
    with time_machine.travel(at(date(2026, 6, 17)), tick=False):
        announce_meeting(meeting, actor=cast.ward_clerk)
    run_every_day(date(2026, 6, 17), DAY)
    assert told() == [(16, "due")]


def test_a_meeting_planned_too_late_is_late_from_its_first_day(cast, rule):
    with time_machine.travel(at(date(2026, 6, 22), 9), tick=False):
        make_meeting(cast, day=DAY)
    remind_of_due_announcements(now=at(date(2026, 6, 22), 10))
    assert told() == [(22, "late")]


def test_a_new_time_asks_anew(cast, meeting):
    run_every_day(PLANNED, date(2026, 6, 17))
    with time_machine.travel(at(date(2026, 6, 17), 9), tick=False):
        new = local(date(2026, 7, 1), 8)
        postpone_meeting(
            meeting, actor=cast.ward_clerk, reason="Mưa bão", planned_start=new, planned_end=new + timedelta(hours=2)
        )
    meeting.refresh_from_db()
    assert meeting.announcement_reminded_until is None
    run_every_day(date(2026, 6, 17), date(2026, 6, 24))
    assert told() == [(16, "due"), (19, "due"), (23, "due"), (24, "due")]


def test_an_edited_time_asks_anew_and_another_edit_does_not(cast, meeting):
    run_every_day(PLANNED, date(2026, 6, 16))
    meeting.refresh_from_db()
    with time_machine.travel(at(date(2026, 6, 16), 9), tick=False):
        edit_meeting(meeting, actor=cast.ward_clerk, version=meeting.version, topic="Chủ đề khác")
        assert meeting.announcement_reminded_until == date(2026, 6, 16)
        new = local(date(2026, 6, 29), 8)
        edit_meeting(
            meeting,
            actor=cast.ward_clerk,
            version=meeting.version,
            planned_start=new,
            planned_end=new + timedelta(hours=2),
        )
    meeting.refresh_from_db()
    assert meeting.announcement_reminded_until is None


def test_postponed_without_a_new_time_waits_for_it(cast, meeting):
    with time_machine.travel(at(date(2026, 6, 15)), tick=False):
        postpone_meeting(meeting, actor=cast.ward_clerk, reason="Mưa bão")
    assert run_every_day(PLANNED, DAY) == 0


@pytest.mark.parametrize("state", [MeetingState.CANCELLED, MeetingState.HELD, MeetingState.ANNOUNCED])
def test_what_is_cancelled_held_or_announced_is_not_reminded_of(cast, rule, state):
    day = DAY if state != MeetingState.HELD else None
    with time_machine.travel(at(PLANNED), tick=False):
        make_meeting(cast, state=state, day=day)
    assert remind_of_due_announcements(now=at(date(2026, 6, 23))) == 0


def test_the_sweep_counts_what_the_page_counts(cast):
    """Several rules at once: by place, level, type and period; the strictest holds."""
    with time_machine.travel(at(PLANNED), tick=False):
        meeting = make_meeting(cast, day=DAY)
    values = {"obligation": Obligation.ANNOUNCEMENT, "unit": Quantity.CALENDAR_DAYS}
    make_rule(make_regulation(cast.country), number=3, **values)
    make_rule(make_regulation(cast.ward, number="1"), number=5, **(values | {"unit": Quantity.WORKING_DAYS}))
    make_rule(make_regulation(cast.ward, number="2"), number=9, meeting_type=meeting.meeting_type, **values)
    make_rule(make_regulation(cast.ward, number="3"), number=20, level="province", **values)
    make_rule(make_regulation(cast.sibling_ward, number="4"), number=20, **values)
    make_rule(make_regulation(cast.ward, number="5", in_force_from=DAY + timedelta(days=1)), number=20, **values)
    make_rule(make_regulation(cast.ward, number="6", in_force_to=DAY - timedelta(days=1)), number=20, **values)
    [one] = AnnouncementSweep().deadlines([meeting.pk], Calendars())
    assert one.due_on == announcement_limits(meeting)[0].due_on == date(2026, 6, 17)


def test_without_a_rule_nobody_is_reminded(cast):
    with time_machine.travel(at(PLANNED), tick=False):
        make_meeting(cast, day=DAY)
    assert run_every_day(PLANNED, DAY) == 0
    assert Heartbeat.objects.get(name="sweep:announcement").detail["written"] == 0


def test_the_sweep_asks_a_constant_number_of_questions(cast, rule, django_assert_max_num_queries):
    with time_machine.travel(at(PLANNED), tick=False):
        for number in range(12):
            make_meeting(cast, day=DAY + timedelta(days=number % 3))
    with django_assert_max_num_queries(23):
        assert remind_of_due_announcements(now=at(DUE)) > 0
    assert not Meeting.objects.filter(announcement_reminded_until=None).exists()


def test_the_task_says_how_many_it_wrote(cast):
    assert remind_of_announcements() == 0


@pytest.mark.parametrize("way", ["edited", "postponed"])
def test_a_plan_brought_forward_asks_for_nothing_before_the_day_on_which_it_was(cast, rule, way):
    """Its announcement is late at once: nobody is told of days on which it was due in December."""
    with time_machine.travel(at(PLANNED), tick=False):
        meeting = make_meeting(cast, day=date(2026, 12, 18))
    new = local(DAY, 8)
    values = {"actor": cast.ward_clerk, "planned_start": new, "planned_end": new + timedelta(hours=2)}
    with time_machine.travel(at(date(2026, 6, 24), 9), tick=False):
        if way == "edited":
            edit_meeting(meeting, version=meeting.version, **values)
        else:
            postpone_meeting(meeting, reason="Đổi lịch", **values)
        remind_of_due_announcements()
    assert told() == [(24, "late")]
    assert told("chutichtinh") == [(24, "escalated")]
    move = moves_of(meeting).get()
    assert (move.cause, move.due_on_before, move.due_on_after) == ("plan", date(2026, 12, 11), DUE)
    remind_of_due_announcements(now=at(date(2026, 6, 25)))
    assert told() == [(24, "late"), (25, "late")]
    assert told("chutichtinh") == [(24, "escalated")]
