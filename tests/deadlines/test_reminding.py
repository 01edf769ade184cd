"""Which reminders exist, and that each is written and mailed once."""

import smtplib
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from deadlines.counting import working_days_between
from deadlines.models import Reminder, ReminderKind
from deadlines.reminding import PlannedReminder, Stage, reminder_plan
from deadlines.services import Audience, Kinds, mark_all_read, mark_read, remind, write_reminders
from deadlines.services.digests import LEASE, are_office_hours, deliver_digests
from deadlines.tasks import deliver_reminders
from tests.deadlines.access import make_reminder
from tests.deadlines.test_counting import NATIONAL

DUE = date(2026, 9, 8)  # a Tuesday, after the holidays of 31 August to 2 September
MORNING = datetime(2026, 9, 8, 1, 0, tzinfo=UTC)  # 08:00 in Viet Nam


def plan(today, due_on=DUE, **more):
    return [(one.stage, one.for_day, one.days) for one in reminder_plan(due_on, today, NATIONAL, **more)]


def test_three_and_one_working_days_before_on_the_day_and_then_daily_with_escalation():
    assert plan(date(2026, 9, 10)) == [
        (Stage.BEFORE, date(2026, 9, 3), 3),
        (Stage.BEFORE, date(2026, 9, 7), 1),
        (Stage.DUE, date(2026, 9, 8), 0),
        (Stage.LATE, date(2026, 9, 9), 1),
        (Stage.ESCALATED, date(2026, 9, 9), 1),
        (Stage.LATE, date(2026, 9, 10), 2),
        (Stage.ESCALATED, date(2026, 9, 10), 2),
    ]


def test_nothing_is_planned_before_its_day():
    assert plan(date(2026, 9, 2)) == []
    assert plan(date(2026, 9, 3)) == [(Stage.BEFORE, date(2026, 9, 3), 3)]


def test_a_machine_off_for_four_days_makes_up_what_it_missed():
    known = plan(date(2026, 9, 4))
    assert plan(date(2026, 9, 8))[: len(known)] == known
    assert [day for _stage, day, _days in plan(date(2026, 9, 8))] == [
        date(2026, 9, 3),
        date(2026, 9, 7),
        date(2026, 9, 8),
    ]


def test_what_is_older_than_ten_working_days_is_left():
    late = plan(date(2026, 12, 31))
    days = sorted({day for _stage, day, _days in late})
    assert len(days) == 10
    assert days[0] == date(2026, 12, 18)
    assert {stage for stage, _day, _days in late} == {Stage.LATE, Stage.ESCALATED}


def test_a_matter_that_came_up_late_gets_no_reminder_of_the_days_before():
    assert plan(date(2026, 9, 8), since=date(2026, 9, 7)) == [
        (Stage.BEFORE, date(2026, 9, 7), 1),
        (Stage.DUE, date(2026, 9, 8), 0),
    ]


def test_a_due_date_that_somebody_set_on_a_day_off_is_reminded_of_before_it():
    assert plan(date(2026, 9, 14), due_on=date(2026, 9, 12)) == [
        (Stage.BEFORE, date(2026, 9, 8), 3),
        (Stage.BEFORE, date(2026, 9, 10), 1),
        (Stage.DUE, date(2026, 9, 11), 0),
        (Stage.LATE, date(2026, 9, 14), 1),
        (Stage.ESCALATED, date(2026, 9, 14), 1),
    ]


def test_the_escalation_can_wait():
    stages = [stage for stage, _day, _days in plan(date(2026, 9, 10), escalate_after=2)]
    assert stages[-3:] == [Stage.LATE, Stage.LATE, Stage.ESCALATED]


@given(st.dates(date(2019, 1, 1), date(2026, 10, 1)), st.integers(-20, 40))
def test_every_reminder_is_for_a_working_day_up_to_today_and_none_is_planned_twice(due_on, offset):
    today = due_on + timedelta(days=offset)
    planned = reminder_plan(due_on, today, NATIONAL)
    assert all(NATIONAL.is_working_day(one.for_day) and one.for_day <= today for one in planned)
    assert len({(one.stage, one.for_day) for one in planned}) == len(planned)
    assert all(working_days_between(one.for_day, today, NATIONAL) < 10 for one in planned)
    assert all((one.for_day > due_on) == (one.stage in (Stage.LATE, Stage.ESCALATED)) for one in planned)


@given(st.dates(date(2019, 1, 1), date(2026, 10, 1)), st.integers(-10, 12), st.integers(1, 4))
def test_running_daily_or_after_a_pause_plans_the_same(due_on, offset, pause):
    last = due_on + timedelta(days=offset)
    daily = set()
    for n in range(pause + 1):
        daily |= set(reminder_plan(due_on, last - timedelta(days=pause - n), NATIONAL))
    assert set(reminder_plan(due_on, last, NATIONAL)) <= daily
    recent = {one for one in daily if one.for_day > last - timedelta(days=pause)}
    assert recent <= set(reminder_plan(due_on, last, NATIONAL))


KINDS = Kinds(ReminderKind.NOTICE_DUE, ReminderKind.NOTICE_LATE, ReminderKind.NOTICE_ESCALATED)


def _write(cast, today):
    def words(planned: PlannedReminder):
        return f"{planned.stage} {planned.days}", ""

    return write_reminders(
        target=cast.ward_committee,
        due_on=DUE,
        today=today,
        calendar=NATIONAL,
        audience=[
            Audience(cast.ward_clerk.pk, "clerk"),
            Audience(cast.ward_leader.pk, "leader"),
            Audience(cast.superior_leader.pk, "leader", is_superior=True),
        ],
        kinds=KINDS,
        words=words,
        url="/notices/1/",
    )


@pytest.mark.django_db
def test_each_reminder_is_written_once_however_often_the_sweep_runs(cast):
    for today in (date(2026, 9, 8), date(2026, 9, 9), date(2026, 9, 9)):
        _write(cast, today)
    rows = Reminder.objects.order_by("recipient", "for_day").values_list("recipient__username", "kind", "for_day")
    clerk = [(kind, day) for name, kind, day in rows if name == "vanthu"]
    assert clerk == [
        ("notice_due", date(2026, 9, 3)),
        ("notice_due", date(2026, 9, 7)),
        ("notice_due", date(2026, 9, 8)),
        ("notice_late", date(2026, 9, 9)),
    ]
    assert [kind for name, kind, _day in rows if name == "chutichtinh"] == ["notice_escalated"]
    assert len(rows) == 9


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


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-09-08 07:29", False),
        ("2026-09-08 07:30", True),
        ("2026-09-08 17:30", True),
        ("2026-09-08 17:31", False),
        ("2026-09-05 10:00", False),  # a Saturday
        ("2026-08-22 10:00", True),  # a Saturday that is worked
        ("2026-09-02 10:00", False),  # National Day
    ],
)
@pytest.mark.django_db
def test_mail_goes_out_in_office_hours_of_working_days(local, expected):
    moment = datetime.fromisoformat(f"{local}:00+07:00")
    assert are_office_hours(moment) is expected


@pytest.mark.django_db
def test_a_person_gets_one_digest_and_never_twice(cast):
    make_reminder(cast.ward_clerk, cast.ward)
    make_reminder(cast.ward_clerk, cast.ward, kind=ReminderKind.NOTICE_LATE, subject="Quá hạn 2 ngày", url="/x/")
    make_reminder(cast.ward_leader, cast.ward, subject="Một việc\r\nBcc: ai-do@example.vn")
    assert deliver_digests(now=MORNING) == 2
    assert deliver_digests(now=MORNING + timedelta(hours=1)) == 0
    by_person = {message.to[0]: message for message in mail.outbox}
    assert set(by_person) == {cast.ward_clerk.email, cast.ward_leader.email}
    digest = by_person[cast.ward_clerk.email]
    assert digest.body.index("Quá hạn 2 ngày") < digest.body.index("đến hạn ngày 08/09/2026")
    assert "http://" in digest.body
    assert "/x/" in digest.body
    number = Reminder.objects.filter(recipient=cast.ward_clerk).values_list("digest", flat=True).distinct().get()
    assert str(number) in digest.extra_headers["Message-ID"]
    assert by_person[cast.ward_leader.email].subject == "Một việc Bcc: ai-do@example.vn"
    assert not Reminder.objects.filter(mailed_at=None).exists()


@pytest.mark.django_db
def test_what_comes_later_goes_into_another_digest(cast):
    make_reminder(cast.ward_clerk, cast.ward)
    deliver_digests(now=MORNING)
    make_reminder(cast.ward_clerk, cast.ward, for_day=DUE)
    deliver_digests(now=MORNING + timedelta(minutes=5))
    first, second = (message.extra_headers["Message-ID"] for message in mail.outbox)
    assert first != second


@pytest.mark.django_db
def test_nobody_is_mailed_at_night_nor_after_leaving(cast):
    make_reminder(cast.ward_clerk, cast.ward)
    cast.ward_leader.is_active = False
    cast.ward_leader.save()
    make_reminder(cast.ward_leader, cast.ward)
    make_reminder(cast.party_leader, cast.ward, is_mail_wanted=False)
    assert deliver_digests(now=MORNING - timedelta(hours=2)) == 0
    assert deliver_digests(now=MORNING) == 1
    assert [message.to for message in mail.outbox] == [[cast.ward_clerk.email]]


class _Refusing:
    """A mail server that refuses some or all."""

    def __init__(self, refused):
        self.refused, self.sent = refused, []

    def send_messages(self, messages):
        for message in messages:
            if message.to[0] in self.refused:
                raise smtplib.SMTPServerDisconnected("chết giữa chừng")
            self.sent.append(message)
        return len(messages)

    def close(self):
        pass


@pytest.mark.django_db
def test_a_failed_mail_is_noted_and_sent_again_as_the_same_message(cast, monkeypatch):
    make_reminder(cast.ward_clerk, cast.ward)
    make_reminder(cast.ward_leader, cast.ward)
    server = _Refusing({cast.ward_clerk.email})
    monkeypatch.setattr("deadlines.services.digests.get_connection", lambda: server)
    assert deliver_digests(now=MORNING) == 1
    failed = Reminder.objects.get(recipient=cast.ward_clerk)
    assert failed.mailed_at is None
    assert "chết giữa chừng" in failed.mail_error
    Reminder.objects.update(mail_claimed_at=MORNING)
    server.refused = set()
    assert deliver_digests(now=MORNING + LEASE) == 0, "not at once: the server is given time"
    make_reminder(cast.ward_clerk, cast.ward, for_day=DUE)
    assert deliver_digests(now=MORNING + LEASE + timedelta(seconds=1)) == 2
    sent_again = [m for m in server.sent if str(failed.digest) in m.extra_headers["Message-ID"]]
    assert len(sent_again) == 1
    assert str(Reminder.objects.get(for_day=DUE).digest) not in sent_again[0].extra_headers["Message-ID"]
    assert not Reminder.objects.exclude(mail_error="").exists()


@pytest.mark.django_db
def test_a_worker_killed_after_its_claim_loses_nothing(cast, monkeypatch):
    reminder = make_reminder(cast.ward_clerk, cast.ward)

    class Killed(BaseException):
        pass

    def die(*args):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("deadlines.services.digests._message", die)
        with pytest.raises(Killed):
            deliver_digests(now=MORNING)
    reminder.refresh_from_db()
    assert reminder.mail_claimed_at is not None
    assert reminder.mailed_at is None
    Reminder.objects.update(mail_claimed_at=MORNING)
    assert deliver_digests(now=MORNING + timedelta(minutes=5)) == 0
    assert deliver_digests(now=MORNING + LEASE + timedelta(seconds=1)) == 1
    assert str(reminder.digest) in mail.outbox[0].extra_headers["Message-ID"]


@pytest.mark.django_db
def test_a_server_in_trouble_is_left_alone_for_a_while(cast, monkeypatch):
    for person in cast.people.values():
        make_reminder(person, cast.ward)
    server = _Refusing({person.email for person in cast.people.values()})
    monkeypatch.setattr("deadlines.services.digests.get_connection", lambda: server)
    assert deliver_digests(now=MORNING) == 0
    assert Reminder.objects.exclude(mail_error="").count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_deliver_at_once_send_each_digest_once(cast):
    for person in cast.people.values():
        make_reminder(person, cast.ward)
    start = threading.Barrier(2)

    def work():
        start.wait()
        deliver_digests(now=MORNING)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(message.to[0] for message in mail.outbox) == sorted(p.email for p in cast.people.values())


@pytest.mark.django_db
def test_the_task_runs_the_delivery(cast):
    import time_machine

    make_reminder(cast.ward_clerk, cast.ward)
    with time_machine.travel(MORNING, tick=False):
        assert deliver_reminders.delay().get() == 1


@pytest.mark.django_db
def test_reading_concerns_ones_own_messages_alone(cast):
    mine, other = make_reminder(cast.ward_clerk, cast.ward), make_reminder(cast.ward_leader, cast.ward)
    newer = make_reminder(cast.ward_clerk, cast.ward, for_day=DUE)
    mark_read(other, actor=cast.ward_clerk)
    assert mark_all_read(actor=cast.ward_clerk, until=mine.pk) == 1
    assert list(Reminder.objects.unread().order_by("pk")) == [other, newer]
