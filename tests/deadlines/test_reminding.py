"""Which reminders should exist, and that each is written once."""

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from deadlines.counting import working_days_between
from deadlines.models import Recipient, Reminder, ReminderKind, Stage
from deadlines.reminding import Schedule, Step, horizon, reminder_plan
from deadlines.services import mark_all_read, mark_read, remind
from tests.deadlines.access import make_reminder
from tests.deadlines.test_counting import NATIONAL

DUE = date(2026, 9, 8)  # a Tuesday, after the holidays of 31 August to 2 September
MORNING = datetime(2026, 9, 8, 1, 30, tzinfo=UTC)  # 08:30 in Viet Nam


def plan(today, due_on=DUE, **more):
    """(stage, day, days, to whom) of what should exist by the day."""
    return [(one.stage, one.for_day, one.days, one.recipient) for one in reminder_plan(due_on, today, NATIONAL, **more)]


def days_of(recipient, planned):
    return [(day, days) for _stage, day, days, whom in planned if whom == recipient]


def test_the_defaults_day_by_day():
    """3 and 1 working days before; the due day; daily to the unit; at 2 and at 5 working days late upwards, once."""
    assert plan(date(2026, 9, 16)) == [
        (Stage.BEFORE, date(2026, 9, 3), 3, Recipient.UNIT),
        (Stage.BEFORE, date(2026, 9, 7), 1, Recipient.UNIT),
        (Stage.DUE, date(2026, 9, 8), 0, Recipient.UNIT),
        (Stage.LATE, date(2026, 9, 9), 1, Recipient.UNIT),
        (Stage.LATE, date(2026, 9, 10), 2, Recipient.UNIT),
        (Stage.LATE, date(2026, 9, 10), 2, Recipient.SUPERIOR_LEADER),
        (Stage.LATE, date(2026, 9, 11), 3, Recipient.UNIT),
        (Stage.LATE, date(2026, 9, 14), 4, Recipient.UNIT),
        (Stage.LATE, date(2026, 9, 15), 5, Recipient.UNIT),
        (Stage.LATE, date(2026, 9, 15), 5, Recipient.SECOND_SUPERIOR_LEADER),
        (Stage.LATE, date(2026, 9, 15), 5, Recipient.SUPERVISOR),
        (Stage.LATE, date(2026, 9, 16), 6, Recipient.UNIT),
    ]


def test_around_tet_only_working_days_count():
    """2026: the offices close from Monday 16 to Friday 20 February; due on Friday the 13th."""
    due_on = date(2026, 2, 13)
    planned = plan(date(2026, 3, 2), due_on=due_on)
    assert days_of(Recipient.UNIT, planned)[:3] == [(date(2026, 2, 10), 3), (date(2026, 2, 12), 1), (due_on, 0)]
    assert days_of(Recipient.UNIT, planned)[3] == (date(2026, 2, 23), 1)
    assert days_of(Recipient.SUPERIOR_LEADER, planned) == [(date(2026, 2, 24), 2)]
    assert days_of(Recipient.SUPERVISOR, planned) == [(date(2026, 2, 27), 5)]


def test_after_tet_the_days_before_lie_before_tet():
    planned = plan(date(2026, 2, 23), due_on=date(2026, 2, 24))
    assert [day for _stage, day, _days, _whom in planned] == [date(2026, 2, 12), date(2026, 2, 23)]


def test_nothing_is_planned_before_its_day():
    assert plan(date(2026, 9, 2)) == []
    assert plan(date(2026, 9, 3)) == [(Stage.BEFORE, date(2026, 9, 3), 3, Recipient.UNIT)]


def test_a_machine_off_for_four_days_makes_up_what_it_missed():
    known = plan(date(2026, 9, 4))
    assert plan(date(2026, 9, 8))[: len(known)] == known
    assert [day for _stage, day, _days, _whom in plan(date(2026, 9, 8))] == [
        date(2026, 9, 3),
        date(2026, 9, 7),
        date(2026, 9, 8),
    ]


def test_what_everybody_was_told_up_to_a_day_is_not_planned_again():
    assert plan(date(2026, 9, 9), after=date(2026, 9, 8)) == [(Stage.LATE, date(2026, 9, 9), 1, Recipient.UNIT)]
    assert plan(date(2026, 9, 9), after=date(2026, 9, 9)) == []


def test_what_is_older_than_ten_working_days_is_left_except_for_what_is_said_once():
    late = plan(date(2026, 12, 31))
    days = [day for day, _days in days_of(Recipient.UNIT, late)]
    assert len(days) == 10
    assert days[0] == date(2026, 12, 18)
    assert days_of(Recipient.SUPERIOR_LEADER, late) == [(date(2026, 9, 10), 2)]
    assert days_of(Recipient.SUPERVISOR, late) == [(date(2026, 9, 15), 5)]


def test_a_matter_that_came_up_late_gets_no_reminder_of_the_days_before():
    assert plan(date(2026, 9, 8), since=date(2026, 9, 7)) == [
        (Stage.BEFORE, date(2026, 9, 7), 1, Recipient.UNIT),
        (Stage.DUE, date(2026, 9, 8), 0, Recipient.UNIT),
    ]


def test_a_due_day_moved_back_tells_the_superiors_on_the_day_of_the_move_at_the_latest():
    """By the new date it was 4 working days late already when it was moved on the 14th."""
    moved = plan(date(2026, 9, 15), since=date(2026, 9, 14))
    assert days_of(Recipient.UNIT, moved) == [(date(2026, 9, 14), 4), (date(2026, 9, 15), 5)]
    assert days_of(Recipient.SUPERIOR_LEADER, moved) == [(date(2026, 9, 14), 4)]
    assert days_of(Recipient.SUPERVISOR, moved) == [(date(2026, 9, 15), 5)]


def test_a_due_date_that_somebody_set_on_a_day_off_is_reminded_of_before_it():
    assert plan(date(2026, 9, 14), due_on=date(2026, 9, 12)) == [
        (Stage.BEFORE, date(2026, 9, 8), 3, Recipient.UNIT),
        (Stage.BEFORE, date(2026, 9, 10), 1, Recipient.UNIT),
        (Stage.DUE, date(2026, 9, 11), 0, Recipient.UNIT),
        (Stage.LATE, date(2026, 9, 14), 1, Recipient.UNIT),
    ]


def test_a_schedule_of_ones_own_holds_as_a_whole():
    schedule = Schedule((Step(Stage.BEFORE, 5), Step(Stage.LATE, 3, repeats_daily=True)), time(9, 0))
    assert plan(date(2026, 9, 14), schedule=schedule) == [
        (Stage.BEFORE, date(2026, 8, 27), 5, Recipient.UNIT),
        (Stage.LATE, date(2026, 9, 11), 3, Recipient.UNIT),
        (Stage.LATE, date(2026, 9, 14), 4, Recipient.UNIT),
    ]


DUE_DAYS = st.dates(date(2019, 1, 1), date(2026, 10, 1))


@given(DUE_DAYS, st.integers(-20, 40))
def test_every_reminder_is_for_a_working_day_up_to_today_and_none_is_planned_twice(due_on, offset):
    today = due_on + timedelta(days=offset)
    planned = reminder_plan(due_on, today, NATIONAL)
    assert all(NATIONAL.is_working_day(one.for_day) and one.for_day <= today for one in planned)
    assert len({(one.stage, one.for_day, one.recipient) for one in planned}) == len(planned)
    assert all(
        working_days_between(one.for_day, today, NATIONAL) < 10 for one in planned if one.recipient == Recipient.UNIT
    )
    assert all((one.for_day > due_on) == (one.stage == Stage.LATE) for one in planned)
    assert all(
        one.days == working_days_between(due_on, one.for_day, NATIONAL) for one in planned if one.stage == Stage.LATE
    )


@given(DUE_DAYS, st.integers(-10, 12), st.integers(1, 4))
def test_running_daily_or_after_a_pause_plans_the_same(due_on, offset, pause):
    last = due_on + timedelta(days=offset)
    daily = set()
    for n in range(pause + 1):
        daily |= set(reminder_plan(due_on, last - timedelta(days=pause - n), NATIONAL))
    assert set(reminder_plan(due_on, last, NATIONAL)) <= daily
    recent = {one for one in daily if one.for_day > last - timedelta(days=pause)}
    assert recent <= set(reminder_plan(due_on, last, NATIONAL))


@given(DUE_DAYS, st.integers(-10, 20), st.integers(0, 8), st.integers(0, 30))
def test_going_on_from_the_marker_plans_the_rest_and_nothing_else(due_on, offset, off_for, since_before):
    """What a sweep wrote up to its marker and what the next one plans after it are the whole plan."""
    last = due_on + timedelta(days=offset)
    marker, since = last - timedelta(days=off_for), due_on - timedelta(days=since_before)
    first = reminder_plan(due_on, marker, NATIONAL, since=since)
    rest = reminder_plan(due_on, last, NATIONAL, since=since, after=marker)
    assert not set(first) & set(rest)
    assert set(reminder_plan(due_on, last, NATIONAL, since=since)) <= set(first) | set(rest)


@given(DUE_DAYS, st.integers(0, 12), st.integers(1, 12))
def test_the_horizon_is_the_latest_due_day_of_which_something_is_said(today, ahead, days):
    schedule = Schedule((Step(Stage.BEFORE, days), Step(Stage.LATE, 1)))
    latest = horizon(schedule, today, NATIONAL)
    beyond = latest + timedelta(days=1 + ahead)
    assert reminder_plan(beyond, today, NATIONAL, schedule) == []
    assert reminder_plan(latest, today, NATIONAL, schedule) != []


def _remind(cast, **changes):
    values = {
        "kind": ReminderKind.NOTICE_DUE,
        "target": cast.ward_committee,
        "recipient": cast.ward_clerk,
        "for_day": DUE,
        "due_on": DUE,
        "subject": "Đến hạn",
    }
    return remind(**values | changes)


@pytest.mark.django_db
def test_remind_says_whether_it_was_new(cast):
    assert _remind(cast)
    assert not _remind(cast, subject="Khác")
    assert _remind(cast, for_day=date(2026, 9, 9))
    assert _remind(cast, recipient=cast.ward_leader)
    assert Reminder.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_remind_at_once_write_one_reminder(cast):
    start, written = threading.Barrier(4), []

    def work():
        start.wait()
        written.append(_remind(cast))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(written) == [False, False, False, True]
    assert Reminder.objects.count() == 1


@pytest.mark.django_db
def test_reading_concerns_ones_own_messages_alone(cast):
    mine, other = make_reminder(cast.ward_clerk, cast.ward), make_reminder(cast.ward_leader, cast.ward)
    newer = make_reminder(cast.ward_clerk, cast.ward, for_day=DUE)
    mark_read(other, actor=cast.ward_clerk)
    assert mark_all_read(actor=cast.ward_clerk, until=mine.pk) == 1
    assert list(Reminder.objects.unread().order_by("pk")) == [other, newer]
