"""Reminders of notices and of publishing: before, on and after the due day, each once, and none lost."""

import threading
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.errors import ServiceError
from accounts.models import Membership, Role
from deadlines import clock
from deadlines.models import Heartbeat, MoveCause, Obligation, Recipient, Reminder, ReminderKind, Stage
from deadlines.reminding import Step
from deadlines.services import record_move, set_schedule, sweeping
from meetings.models import Meeting, MeetingState
from notices.models import NoticeState
from notices.services import return_notice, submit_notice
from notices.services.reminding import remind_of_due_notices, remind_of_due_publications
from notices.tasks import remind_of_notices, remind_of_publications
from tests.cast import _person
from tests.deadlines.access import make_day
from tests.meetings.factories import make_meeting
from tests.notices.factories import make_notice

# A plain stretch of weeks without holidays: Friday 12 June 2026 is the due day.
HELD, DUE = date(2026, 5, 29), date(2026, 6, 12)
LATE_KINDS = [ReminderKind.NOTICE_LATE, ReminderKind.NOTICE_ESCALATED]


def at(day: date, hour=8, minute=0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.VIETNAM)


@pytest.fixture
def meeting(cast):
    meeting = make_meeting(cast, state=MeetingState.HELD, day=HELD)
    Meeting.objects.update(conclusion_due_on=DUE, publication_due_on=None)
    return meeting


def told(**wanted):
    rows = Reminder.objects.filter(**wanted).order_by("for_day", "pk")
    return [(row.for_day, row.recipient.username, row.kind) for row in rows.select_related("recipient")]


def run_every_day(first: date, last: date):
    day = first
    while day <= last:
        remind_of_due_notices(now=at(day))
        day += timedelta(days=1)


def test_clerk_and_leader_hear_three_and_one_working_days_before_and_on_the_due_day(cast, meeting):
    run_every_day(HELD, DUE)
    days = [date(2026, 6, 9), date(2026, 6, 11), DUE]
    due = ReminderKind.NOTICE_DUE
    assert told() == [(day, name, due) for day in days for name in ("vanthu", "chutich")]


def test_late_is_daily_to_the_unit_and_once_to_those_above(cast, meeting):
    """At 2 working days the leader of the province's committee; at 5 the supervisor of the ward: nobody is above it."""
    run_every_day(DUE + timedelta(days=1), date(2026, 6, 23))
    late = [day for day in (date(2026, 6, number) for number in range(15, 24)) if day.weekday() < 5]
    assert [row[:2] for row in told(kind=ReminderKind.NOTICE_LATE)] == [
        (day, name) for day in late for name in ("vanthu", "chutich")
    ]
    escalated = ReminderKind.NOTICE_ESCALATED
    assert told(kind=escalated) == [
        (date(2026, 6, 16), "chutichtinh", escalated),
        (date(2026, 6, 19), "mattran", escalated),
    ]
    second_day = Reminder.objects.filter(kind=ReminderKind.NOTICE_LATE, for_day=date(2026, 6, 16)).first()
    assert "2 ngày làm việc" in second_day.subject


def test_the_second_superior_and_the_supervisors_of_the_nearest_place_above(cast, meeting):
    """A department's notice: its superior's leader at 2, the province's at 5; the ward has no supervisor here."""
    Meeting.objects.update(host_unit=cast.ward_economy)
    Membership.objects.filter(role=Role.SUPERVISOR).delete()
    _person("giamsattinh", "Giám Sát Tỉnh", (cast.province_party, Role.SUPERVISOR))
    run_every_day(DUE, date(2026, 6, 22))
    assert [row[:2] for row in told(kind=ReminderKind.NOTICE_ESCALATED)] == [
        (date(2026, 6, 16), "chutich"),
        (date(2026, 6, 19), "chutichtinh"),
        (date(2026, 6, 19), "giamsattinh"),
    ]


def test_a_superior_without_a_leader_is_passed_over(cast, meeting):
    Meeting.objects.update(host_unit=cast.ward_economy)
    Membership.objects.filter(unit=cast.ward_committee, role=Role.LEADER).delete()
    run_every_day(DUE, date(2026, 6, 16))
    assert [row[:2] for row in told(kind=ReminderKind.NOTICE_ESCALATED)] == [(date(2026, 6, 16), "chutichtinh")]


def test_however_often_it_runs_each_is_written_once(cast, meeting):
    assert [remind_of_due_notices(now=at(DUE)) for _run in range(3)] == [6, 0, 0]
    assert Reminder.objects.count() == len(set(told())) == 6


def test_off_for_four_days_it_makes_up_what_was_missed(cast, meeting):
    run_every_day(HELD, date(2026, 6, 11))
    remind_of_due_notices(now=at(date(2026, 6, 17)))
    made_up = told()
    Reminder.objects.all().delete()
    Meeting.objects.update(reminded_until=None)
    run_every_day(HELD, date(2026, 6, 17))
    assert sorted(made_up) == sorted(told())


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        ("2026-06-12 07:00", 0),  # before the office opens
        ("2026-06-12 07:59", 0),  # before the schedule's time of day
        ("2026-06-12 08:00", 6),
        ("2026-06-12 17:30", 6),
        ("2026-06-12 17:31", 0),
        ("2026-06-13 10:00", 0),  # a Saturday
    ],
)
def test_it_writes_in_office_hours_of_working_days_and_always_leaves_a_sign_of_life(cast, meeting, moment, written):
    assert remind_of_due_notices(now=datetime.fromisoformat(f"{moment}:00+07:00")) == written
    assert Reminder.objects.count() == written
    assert Heartbeat.objects.get(name="sweep:notice").detail == {"found": int(bool(written)), "written": written}
    meeting.refresh_from_db()
    assert meeting.reminded_until == (DUE if written else None)


def test_a_saturday_that_is_worked_is_a_day_like_any_other(cast):
    """22 August 2026 makes up for Monday the 31st."""
    make_meeting(cast, state=MeetingState.HELD, day=date(2026, 8, 10))
    Meeting.objects.update(conclusion_due_on=date(2026, 8, 24), publication_due_on=None)
    remind_of_due_notices(now=at(date(2026, 8, 22)))
    assert (date(2026, 8, 22), "vanthu", ReminderKind.NOTICE_DUE) in told()


def test_a_day_on_which_the_place_is_closed_is_no_day_to_be_reminded_on(cast, meeting):
    make_day(cast.ward, date(2026, 6, 11))
    run_every_day(HELD, DUE)
    assert sorted({day.day for day, _who, _kind in told()}) == [8, 10, 12]


def test_a_place_with_a_schedule_of_its_own(cast, meeting):
    sibling = make_meeting(
        cast, actor=cast.sibling_clerk, state=MeetingState.HELD, day=HELD, topic="Phường khác",
        host_unit=cast.sibling_committee, locality=cast.sibling_ward,
    )  # fmt: skip
    Meeting.objects.update(conclusion_due_on=DUE, publication_due_on=None)
    steps = [Step(Stage.BEFORE, 8), Step(Stage.LATE, 1, recipient=Recipient.SUPERIOR_LEADER)]
    set_schedule(actor=cast.system_admin, matter="notice", locality=cast.ward, at=at(DUE, 10).time(), steps=steps)
    day = HELD
    while day <= date(2026, 6, 15):
        remind_of_due_notices(now=at(day, 9))
        remind_of_due_notices(now=at(day, 10))
        day += timedelta(days=1)
    assert told(target_id=meeting.pk) == [
        (date(2026, 6, 2), "vanthu", ReminderKind.NOTICE_DUE),
        (date(2026, 6, 2), "chutich", ReminderKind.NOTICE_DUE),
        (date(2026, 6, 15), "chutichtinh", ReminderKind.NOTICE_ESCALATED),
    ]
    assert sorted({day.day for day, _who, _kind in told(target_id=sibling.pk)}) == [9, 11, 12, 15]


def test_before_the_time_of_day_of_a_place_nothing_of_it_is_marked(cast, meeting):
    steps = [Step(Stage.DUE), Step(Stage.LATE, 1)]
    set_schedule(actor=cast.system_admin, matter="notice", locality=cast.ward, at=at(DUE, 14).time(), steps=steps)
    assert remind_of_due_notices(now=at(DUE, 13, 59)) == 0
    meeting.refresh_from_db()
    assert meeting.reminded_until is None
    assert remind_of_due_notices(now=at(DUE, 14)) == 2


def test_a_clerk_who_joined_today_hears_of_today_and_not_of_the_days_before(cast, meeting):
    remind_of_due_notices(now=at(date(2026, 6, 15)))
    before = told()
    late_joiner = _person("moiden", "Người Mới Đến", (cast.ward_committee, Role.CLERK))
    late_joiner.memberships.update(valid_from=date(2026, 6, 16))
    remind_of_due_notices(now=at(date(2026, 6, 16)))
    after_lunch = _person("chieumoiden", "Người Buổi Chiều", (cast.ward_committee, Role.CLERK))
    after_lunch.memberships.update(valid_from=date(2026, 6, 16))
    remind_of_due_notices(now=at(date(2026, 6, 16), 14))
    remind_of_due_notices(now=at(date(2026, 6, 16), 15))
    for name in ("moiden", "chieumoiden"):
        assert told(recipient__username=name) == [(date(2026, 6, 16), name, ReminderKind.NOTICE_LATE)]
    assert told(for_day__lt=date(2026, 6, 16)) == before


def test_a_leader_above_who_joined_today_hears_too(cast, meeting):
    remind_of_due_notices(now=at(date(2026, 6, 16)))
    leader = _person("phochutichtinh", "Phó Chủ Tịch Tỉnh", (cast.province_committee, Role.LEADER))
    leader.memberships.update(valid_from=date(2026, 6, 16))
    remind_of_due_notices(now=at(date(2026, 6, 16), 14))
    assert [row[:2] for row in told(kind=ReminderKind.NOTICE_ESCALATED)] == [
        (date(2026, 6, 16), "chutichtinh"),
        (date(2026, 6, 16), "phochutichtinh"),
    ]


def test_a_due_day_that_moved_is_reminded_of_anew_and_the_old_one_is_not_made_up(cast, meeting):
    run_every_day(HELD, date(2026, 6, 11))
    Reminder.objects.all().delete()
    moved = date(2026, 6, 18)
    with time_machine.travel(at(date(2026, 6, 12), 9), tick=False):
        record_move(
            target=meeting,
            obligation=Obligation.CONCLUSION_NOTICE,
            due_on_before=DUE,
            due_on_after=moved,
            cause=MoveCause.EXTENSION,
            actor=cast.superior_leader,
        )
    Meeting.objects.update(conclusion_due_on=moved, reminded_until=None)
    run_every_day(date(2026, 6, 12), moved)
    assert sorted({day.day for day, _who, _kind in told()}) == [15, 17, 18]
    assert {row.due_on for row in Reminder.objects.all()} == {moved}


def test_killed_in_the_middle_and_run_again_it_loses_none(cast, monkeypatch):
    for _number in range(7):
        make_meeting(cast, state=MeetingState.HELD, day=HELD)
    Meeting.objects.update(conclusion_due_on=DUE, publication_due_on=None)
    write, lots = sweeping.write_planned, []

    def dying(rows):
        if len(lots) == 2:
            raise SystemExit("killed")
        lots.append(rows)
        write(rows)

    monkeypatch.setattr(sweeping, "write_planned", dying)
    with pytest.raises(SystemExit):
        remind_of_due_notices(now=at(DUE), chunk=2)
    assert 0 < Reminder.objects.count() < 7 * 6
    assert Meeting.objects.filter(reminded_until=DUE).count() == 4
    monkeypatch.undo()
    assert remind_of_due_notices(now=at(DUE), chunk=2) == 3 * 6
    assert Reminder.objects.count() == 7 * 6


def test_one_record_that_cannot_be_told_of_silences_no_other(cast, meeting, monkeypatch, caplog):
    make_meeting(cast, state=MeetingState.HELD, day=HELD, topic="Hỏng")
    Meeting.objects.update(conclusion_due_on=DUE, publication_due_on=None)
    from notices.services.reminding import NoticeSweep

    words = NoticeSweep.words

    def failing(self, one, planned):
        if "Hỏng" in one.facts:
            raise ValueError("hỏng")
        return words(self, one, planned)

    monkeypatch.setattr(NoticeSweep, "words", failing)
    assert remind_of_due_notices(now=at(DUE)) == 6
    assert Heartbeat.objects.get(name="sweep:notice").detail["failed"] == 1
    assert "couldn't be planned" in caplog.text
    monkeypatch.undo()
    assert remind_of_due_notices(now=at(DUE)) == 6


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_write_each_reminder_once(cast):
    for _number in range(12):
        make_meeting(cast, state=MeetingState.HELD, day=HELD)
    Meeting.objects.update(conclusion_due_on=DUE, publication_due_on=None)
    start, written = threading.Barrier(2), []

    def work():
        start.wait()
        written.append(remind_of_due_notices(now=at(DUE), chunk=3))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    remind_of_due_notices(now=at(DUE))
    assert len(written) == 2
    assert Reminder.objects.count() == 12 * 6
    assert not Meeting.objects.exclude(reminded_until=DUE).exists()


def test_an_issued_notice_is_not_reminded_of(cast, meeting):
    make_notice(cast, NoticeState.ISSUED, meeting=meeting)
    Reminder.objects.all().delete()
    assert remind_of_due_notices(now=at(date(2026, 6, 17))) == 0


def test_the_number_of_queries_does_not_grow_with_the_meetings(cast, django_assert_num_queries):
    make_meeting(cast, state=MeetingState.HELD, day=HELD)
    Meeting.objects.update(conclusion_due_on=DUE, publication_due_on=None)
    with connection.execute_wrapper(counting := _Counter()):
        remind_of_due_notices(now=at(DUE))
    for _number in range(12):
        make_meeting(cast, state=MeetingState.HELD, day=HELD)
    Meeting.objects.update(conclusion_due_on=DUE, publication_due_on=None)
    Heartbeat.objects.all().delete()
    with django_assert_num_queries(counting.number):
        remind_of_due_notices(now=at(DUE))


class _Counter:
    number = 0

    def __call__(self, execute, sql, params, many, context):
        self.number += 1
        return execute(sql, params, many, context)


def test_publication_is_reminded_of_until_the_results_are_published(cast, meeting):
    Meeting.objects.update(publication_due_on=DUE)
    for number in (9, 10, 11, 12, 15, 16):
        remind_of_due_publications(now=at(date(2026, 6, number)))
    kinds = [(day.day, kind) for day, who, kind in told() if who in ("vanthu", "chutichtinh")]
    assert kinds == [
        (9, "publication_due"),
        (11, "publication_due"),
        (12, "publication_due"),
        (15, "publication_late"),
        (16, "publication_late"),
        (16, "publication_escalated"),
    ]
    meeting.refresh_from_db()
    assert (meeting.publication_reminded_until, meeting.reminded_until) == (date(2026, 6, 16), None)
    Meeting.objects.update(concluded_on=date(2026, 6, 16), published_on=date(2026, 6, 16))
    assert remind_of_due_publications(now=at(date(2026, 6, 17))) == 0


def test_the_tasks_say_how_many_they_wrote(cast):
    assert remind_of_notices() == 0
    assert remind_of_publications() == 0


def test_submitting_again_after_a_return_is_told_again_and_a_double_click_once(cast):
    notice = make_notice(cast, NoticeState.SUBMITTED)
    return_notice(notice, actor=cast.ward_leader, remark="Bổ sung nơi nhận.")
    submit_notice(notice, actor=cast.ward_clerk)
    with pytest.raises(ServiceError):
        submit_notice(notice, actor=cast.ward_clerk)
    submitted = Reminder.objects.filter(recipient=cast.ward_leader, subject__startswith="Trình duyệt")
    assert len(set(submitted.values_list("occasion", flat=True))) == submitted.count() == 2
    assert Reminder.objects.filter(recipient=cast.ward_clerk, subject__contains="bị trả lại").count() == 1


@pytest.mark.parametrize("name", ["notices:meeting_notice", "feedback:assignment", "meetings:announce"])
def test_an_address_worked_out_once_is_the_pages_own(name):
    assert sweeping.addresses(name)(1207) == reverse(name, kwargs={"pk": 1207})
