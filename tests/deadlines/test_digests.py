"""The e-mail of reminders: when a person's digest comes, what stands in it, and that none is lost."""

import smtplib
import threading
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection

from deadlines.models import MailRhythm, MailSetting, Reminder, ReminderKind
from deadlines.services import digests
from deadlines.services.digests import LATE_KINDS, LEASE, are_office_hours, deliver_digests
from deadlines.tasks import deliver_reminders
from tests.deadlines.access import make_reminder
from tests.deadlines.test_reminding import DUE, MORNING


def local(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00+07:00")


def set_rhythm(person, rhythm, **fields) -> MailSetting:
    return MailSetting.objects.create(user=person, rhythm=rhythm, **fields)


@pytest.mark.parametrize(
    ("moment", "expected"),
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
def test_mail_goes_out_in_office_hours_of_working_days(moment, expected):
    assert are_office_hours(local(moment)) is expected


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
    assert deliver_digests(now=MORNING) == 1
    make_reminder(cast.ward_clerk, cast.ward, for_day=DUE)
    assert deliver_digests(now=MORNING + timedelta(minutes=5)) == 0, "the morning's digest has gone"
    assert deliver_digests(now=local("2026-09-08 14:00")) == 1
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

    def open(self):
        return False

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
    set_rhythm(cast.ward_clerk, MailRhythm.AS_IT_COMES)
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
        patch.setattr("deadlines.services.digests._Letter.message", die)
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


@pytest.mark.django_db
def test_a_run_ends_before_the_queue_gives_its_task_to_another_and_the_next_goes_on(cast, monkeypatch):
    for person in cast.people.values():
        make_reminder(person, cast.ward)
    assert digests.LONGEST_RUN.total_seconds() < settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    with monkeypatch.context() as patch:
        patch.setattr(digests, "LONGEST_RUN", timedelta(0))
        assert deliver_digests(now=MORNING) == 0
    assert not Reminder.objects.exclude(mail_claimed_at=None).exists(), "given back at once"
    assert deliver_digests(now=MORNING + timedelta(minutes=5)) == len(cast.people)


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


DAY = [f"2026-09-08 {hour:02}:{minute:02}" for hour in range(7, 19) for minute in range(0, 60, 5)]


@pytest.mark.parametrize(
    ("rhythm", "sent"),
    [
        (None, ["08:15", "14:00"]),
        (MailRhythm.TWICE_A_DAY, ["08:15", "14:00"]),
        (MailRhythm.DAILY, ["08:15"]),
        (MailRhythm.AS_IT_COMES, ["07:30", "09:35", "14:00", "17:30"]),
    ],
)
@pytest.mark.django_db
def test_a_person_is_mailed_at_the_times_they_chose(cast, rhythm, sent):
    """Something new comes at 06:00, 09:35, 14:00 and 17:20; the run is every five minutes of the day."""
    if rhythm:
        set_rhythm(cast.ward_clerk, rhythm)
    comes = {"2026-09-08 07:00", "2026-09-08 09:35", "2026-09-08 14:00", "2026-09-08 17:30"}
    got = []
    for number, moment in enumerate(DAY):
        if moment in comes:
            make_reminder(cast.ward_clerk, cast.ward, occasion=str(number))
        if deliver_digests(now=local(moment)):
            got.append(moment[-5:])
    assert got == sent
    assert Reminder.objects.filter(mailed_at=None).exists() == (sent[-1] != "17:30")


@pytest.mark.django_db
def test_a_machine_that_was_off_at_the_slot_catches_up_at_its_next_run(cast):
    make_reminder(cast.ward_clerk, cast.ward)
    assert deliver_digests(now=local("2026-09-08 11:40")) == 1
    make_reminder(cast.ward_clerk, cast.ward, for_day=DUE)
    assert deliver_digests(now=local("2026-09-08 13:55")) == 0
    assert deliver_digests(now=local("2026-09-12 10:00")) == 0, "a Saturday"
    assert deliver_digests(now=local("2026-09-14 16:55")) == 1


@pytest.mark.django_db
def test_what_is_not_overdue_stays_in_the_list_of_who_wants_it_so(cast):
    set_rhythm(cast.ward_clerk, MailRhythm.DAILY, only_overdue=True)
    soon = make_reminder(cast.ward_clerk, cast.ward, subject="Sắp đến hạn")
    for kind in sorted(LATE_KINDS):
        make_reminder(cast.ward_clerk, cast.ward, kind=kind, subject=f"Quá hạn {kind}")
    other = make_reminder(cast.ward_leader, cast.ward, subject="Sắp đến hạn")
    assert deliver_digests(now=MORNING) == 2
    letter = next(message for message in mail.outbox if message.to == [cast.ward_clerk.email])
    assert "Sắp đến hạn" not in letter.body
    assert all(f"Quá hạn {kind}" in letter.body for kind in LATE_KINDS)
    soon.refresh_from_db()
    other.refresh_from_db()
    assert (soon.is_mail_wanted, soon.mailed_at, soon.read_at) == (False, None, None)
    assert other.mailed_at is not None


@pytest.mark.django_db
def test_every_kind_of_lateness_is_mailed_whatever_the_setting():
    late = {kind for kind in ReminderKind if kind.endswith(("_late", "_escalated"))}
    assert late | {ReminderKind.PROGRESS_DUE} == LATE_KINDS


@pytest.mark.django_db
def test_the_letter_works_out_the_first_ten_deadlines_and_names_the_others(cast, monkeypatch):
    class Source:
        target_type = "meetings.meeting"
        asked = []

        def worked_answers(self, *, matter, ids):
            self.asked.append((matter, ids))
            return {pk: [f"Thời hạn của {pk}.", f"Ngày đến hạn {pk}."] for pk in ids}

    monkeypatch.setattr("deadlines.services.digests.sources", lambda: [Source()])
    values = {"target_type": "meetings.meeting", "url": "/meetings/1/"}
    rows = [
        Reminder(
            recipient=cast.ward_clerk,
            kind=ReminderKind.NOTICE_LATE if number == 12 else ReminderKind.NOTICE_DUE,
            target_id=number,
            for_day=DUE,
            due_on=DUE,
            subject=f"Việc {number}.",
            **values,
        )
        for number in range(1, 13)
    ]
    Reminder.objects.bulk_create(rows)
    make_reminder(cast.ward_clerk, cast.ward, subject="Việc không có thời hạn", due_on=None)
    deliver_digests(now=MORNING)
    body = mail.outbox[0].body
    assert Source.asked == [("notice", [1, 2, 3, 4, 5, 6, 7, 8, 9, 12])]
    assert body.index("QUÁ HẠN") < body.index("Thời hạn của 12.") < body.index("Thời hạn của 1.")
    assert body.index("Thời hạn của 9.") < body.index("Việc 10.") < body.index("Việc 11.")
    assert "Thời hạn của 10." not in body
    assert all(f"Việc {number}." in body for number in range(1, 13))
    assert "Việc không có thời hạn" in body


@pytest.mark.django_db
def test_delivering_asks_the_same_questions_for_one_person_and_for_many(cast, django_assert_max_num_queries):
    for person in cast.people.values():
        for number in range(4):
            make_reminder(person, cast.ward, occasion=str(number))
    # One for the calendar, four to gather, four to claim, two more to find nothing left, the sign of life; one a letter.
    with django_assert_max_num_queries(20 + len(cast.people)):
        assert deliver_digests(now=MORNING) == len(cast.people)


@pytest.mark.django_db
def test_what_was_claimed_and_not_tried_is_free_at_once(cast, monkeypatch):
    for person in cast.people.values():
        make_reminder(person, cast.ward)
    server = _Refusing({person.email for person in cast.people.values()})
    monkeypatch.setattr("deadlines.services.digests.get_connection", lambda: server)
    deliver_digests(now=MORNING)
    assert Reminder.objects.exclude(mail_claimed_at=None).count() == 5
    server.refused = set()
    assert deliver_digests(now=MORNING + timedelta(seconds=1)) == len(cast.people) - 5
    assert deliver_digests(now=MORNING + LEASE + timedelta(minutes=1)) == 5


@pytest.mark.django_db
def test_a_slow_server_does_not_keep_a_claim_beyond_half_its_lease(cast, monkeypatch):
    for person in cast.people.values():
        make_reminder(person, cast.ward)
    passed = [0.0]

    class Slow(_Refusing):
        def send_messages(self, messages):
            passed[0] += 120
            return super().send_messages(messages)

    server = Slow(set())
    monkeypatch.setattr("deadlines.services.digests.get_connection", lambda: server)
    monkeypatch.setattr("deadlines.services.digests.stopwatch.monotonic", lambda: passed[0])
    assert deliver_digests(now=MORNING) == 3
    assert Reminder.objects.filter(mailed_at=None).exclude(mail_claimed_at=None).count() == 0


@pytest.mark.django_db
def test_letters_share_a_connection_and_one_that_the_server_ended_is_made_anew(cast, monkeypatch):
    for person in cast.people.values():
        make_reminder(person, cast.ward)

    class FiveALine(_Refusing):
        opened, left = 0, None

        def open(self):
            if self.left is not None:
                return False
            self.opened, self.left = self.opened + 1, 5
            return True

        def close(self):
            self.left = None

        def send_messages(self, messages):
            if not self.left:
                raise smtplib.SMTPServerDisconnected("đủ năm thư")
            self.left -= 1
            return super().send_messages(messages)

    server = FiveALine(set())
    monkeypatch.setattr("deadlines.services.digests.get_connection", lambda: server)
    assert deliver_digests(now=MORNING) == len(cast.people) == 12
    assert server.opened == 3
    assert not Reminder.objects.exclude(mail_error="").exists()
