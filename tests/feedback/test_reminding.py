"""The sweep: who is told, when, once; and what a silent machine makes up for."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.errors import ServiceError
from accounts.models import Membership, Role
from deadlines import clock
from deadlines.models import Heartbeat, Reminder, ReminderKind
from feedback.models import Assignment
from feedback.services import accept_reply, decide_extension, reply_to_assignment, request_extension
from feedback.services.reminding import remind_of_open_assignments
from feedback.tasks import remind_of_assignments
from tests.feedback.factories import make_assignment

KINDS = [ReminderKind.ASSIGNMENT_DUE, ReminderKind.ASSIGNMENT_LATE, ReminderKind.ASSIGNMENT_ESCALATED]
MONDAY = date(2026, 9, 7)  # ten working days later: Monday 21 September


def at(day: date, hour=8, minute=0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.VIETNAM)


def _told():
    rows = Reminder.objects.filter(kind__in=KINDS).order_by("for_day", "kind", "recipient__username")
    return [(row.for_day, row.kind, row.recipient.username) for row in rows]


@pytest.fixture
def assignment(cast):
    with time_machine.travel("2026-09-07 08:00+07:00", tick=False):
        assignment = make_assignment(cast)
    assert assignment.due_on == date(2026, 9, 21)
    return assignment


def test_officers_and_clerks_are_told_3_and_1_working_days_before_and_on_the_day(assignment):
    for number in range(15):
        remind_of_open_assignments(now=at(MONDAY + timedelta(days=number)))
    days = {(day, kind) for day, kind, _who in _told()}
    assert days == {(date(2026, 9, day), "assignment_due") for day in (16, 18, 21)}
    assert {who for _day, _kind, who in _told()} == {"canbokinhte", "vanthu"}


def test_late_is_told_daily_on_working_days_and_once_to_those_above(assignment):
    for number in range(15, 24):  # 22 to 30 September, a weekend within
        remind_of_open_assignments(now=at(date(2026, 9, 7) + timedelta(days=number)))
    late = [(day.day, who) for day, kind, who in _told() if kind == "assignment_late"]
    escalated = [(day.day, who) for day, kind, who in _told() if kind == "assignment_escalated"]
    assert sorted({day for day, _who in late}) == [22, 23, 24, 25, 28, 29, 30]
    assert {who for _day, who in late} == {"canbokinhte", "vanthu"}
    # The department's superior at 2 working days late; its superior and the ward's supervisor at 5.
    assert escalated == [(23, "chutich"), (28, "chutichtinh"), (28, "mattran")]


def test_running_again_writes_nothing_new(assignment):
    remind_of_open_assignments(now=at(date(2026, 9, 22)))
    before = _told()
    assert before
    assert remind_of_open_assignments(now=at(date(2026, 9, 22))) == 0
    assert _told() == before


def test_missed_days_are_made_up(assignment):
    remind_of_open_assignments(now=at(date(2026, 9, 22)))
    assert {day.day for day, _kind, _who in _told()} == {16, 18, 21, 22}


def test_what_was_replied_to_is_left_alone(cast, assignment):
    reply = reply_to_assignment(assignment, actor=cast.department_officer, text="Xong", resolution="done")
    remind_of_open_assignments(now=at(date(2026, 9, 30)))
    accept_reply(reply, actor=cast.ward_clerk)
    remind_of_open_assignments(now=at(date(2026, 9, 30)))
    assert _told() == []


def test_a_granted_extension_asks_again_by_the_new_date_only(cast, assignment):
    with time_machine.travel("2026-09-22 09:00+07:00", tick=False):
        extension = request_extension(
            assignment, actor=cast.department_officer, asked_until=date(2026, 10, 5), reason="Mưa"
        )
        decide_extension(extension, actor=cast.ward_leader, is_granted=True)
        remind_of_open_assignments()
    assert _told() == []
    remind_of_open_assignments(now=at(date(2026, 9, 30)))
    assert {(day, kind) for day, kind, _who in _told()} == {(date(2026, 9, 30), "assignment_due")}


def test_a_clock_that_stands_still_reminds_nobody(assignment):
    Assignment.objects.update(allows_pause=True, paused_on=date(2026, 9, 10), pause_reason="Chờ kết quả giám định")
    assert remind_of_open_assignments(now=at(date(2026, 9, 30))) == 0
    Assignment.objects.update(paused_on=None, pause_reason="", due_on=date(2026, 10, 2), reminded_until=None)
    assert remind_of_open_assignments(now=at(date(2026, 9, 30))) == 2


def test_a_granted_extension_forgets_up_to_when_everybody_was_told(cast, assignment):
    remind_of_open_assignments(now=at(date(2026, 9, 18)))
    assert Assignment.objects.get().reminded_until == date(2026, 9, 18)
    with time_machine.travel("2026-09-18 10:00+07:00", tick=False):
        extension = request_extension(
            assignment, actor=cast.department_officer, asked_until=date(2026, 9, 23), reason="Mưa"
        )
        decide_extension(extension, actor=cast.ward_leader, is_granted=True)
        assert Assignment.objects.get().reminded_until is None
        Reminder.objects.all().delete()
        remind_of_open_assignments(now=at(date(2026, 9, 18), 11))
    assert {(day.day, kind) for day, kind, _who in _told()} == {(18, "assignment_due")}
    assert "Còn 3 ngày làm việc" in Reminder.objects.filter(kind="assignment_due").first().subject


def test_the_task_runs_the_sweep_for_now(cast):
    with time_machine.travel("2026-09-07 08:00+07:00", tick=False):
        make_assignment(cast)
    with time_machine.travel("2026-09-22 08:00+07:00", tick=False):
        assert remind_of_assignments() == 8
    with time_machine.travel("2026-09-23 19:00+07:00", tick=False):
        assert remind_of_assignments() == 0
    assert Reminder.objects.filter(kind=ReminderKind.ASSIGNMENT_LATE).exists()


def test_the_sweep_asks_as_many_questions_for_one_as_for_many(cast, django_assert_num_queries):
    with time_machine.travel("2026-09-07 08:00+07:00", tick=False):
        make_assignment(cast)
    with CaptureQueriesContext(connection) as asked:
        remind_of_open_assignments(now=at(date(2026, 9, 22)))
    with time_machine.travel("2026-09-07 08:00+07:00", tick=False):
        for _number in range(11):
            make_assignment(cast)
    Assignment.objects.update(reminded_until=None)
    Heartbeat.objects.all().delete()
    with django_assert_num_queries(len(asked)):
        remind_of_open_assignments(now=at(date(2026, 9, 22)))


def test_more_time_asked_for_and_decided_are_two_messages_even_to_one_person(cast, assignment):
    Membership.objects.create(
        user=cast.ward_leader, unit=cast.ward_economy, role=Role.OFFICER, valid_from=date(2020, 1, 1)
    )
    with time_machine.travel("2026-09-14 09:00+07:00", tick=False):
        extension = request_extension(
            assignment, actor=cast.department_officer, asked_until=date(2026, 9, 23), reason="Mưa"
        )
        decide_extension(extension, actor=cast.ward_leader, is_granted=True)
        with pytest.raises(ServiceError):
            decide_extension(extension, actor=cast.ward_leader, is_granted=True)
    told = Reminder.objects.filter(recipient=cast.ward_leader, target_type="feedback.extension", target_id=extension.pk)
    assert sorted(told.values_list("occasion", flat=True)) == ["accepted", "waiting"]
