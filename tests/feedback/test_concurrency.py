"""Two people at once, on real connections: numbers that follow each other, one row for one form, one reply."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.errors import ServiceError
from feedback.models import Assignment, Opinion, Reply
from feedback.services import accept_reply, assign_opinion, record_opinion, reply_to_assignment, withdraw_assignment
from tests.cast import make_cast
from tests.feedback.factories import make_assignment, make_field, make_held_meeting, make_opinion

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs):
    """Runs the jobs in threads that start together; each gives its result or the refusal."""
    barrier = Barrier(len(jobs))

    def run(job):
        try:
            barrier.wait(timeout=10)
            return job()
        except ServiceError as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_clerks_recording_at_once_get_numbers_that_follow_each_other():
    cast = make_cast()
    meeting, field = make_held_meeting(cast), make_field()

    def record():
        return record_opinion(
            meeting=meeting, actor=cast.ward_clerk, client_key=uuid.uuid4(), field=field, text="Một ý kiến"
        )

    opinions = at_once(*[record] * 6)
    assert sorted(opinion.number for opinion in opinions) == [1, 2, 3, 4, 5, 6]
    assert sorted(meeting.speeches.values_list("position", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_a_double_click_saves_one_opinion():
    cast = make_cast()
    meeting, field, key = make_held_meeting(cast), make_field(), uuid.uuid4()

    def record():
        return record_opinion(meeting=meeting, actor=cast.ward_clerk, client_key=key, field=field, text="Một lần")

    opinions = at_once(*[record] * 4)
    assert len({opinion.pk for opinion in opinions}) == 1
    assert Opinion.objects.count() == 1


def test_of_two_officers_replying_at_once_one_is_told_that_the_other_was_first():
    cast = make_cast()
    assignment = make_assignment(cast)

    def reply():
        return reply_to_assignment(assignment, actor=cast.department_officer, text="Trả lời", resolution="done")

    results = at_once(reply, reply)
    assert Reply.objects.count() == 1
    assert sum(isinstance(result, ServiceError) for result in results) == 1


def test_an_opinion_given_to_two_departments_at_once_goes_to_one():
    cast = make_cast()
    opinion = make_opinion(cast)

    def assign(department):
        return lambda: assign_opinion(opinion, actor=cast.ward_clerk, lead_department=department, task="Xử lý")

    results = at_once(assign(cast.ward_economy), assign(cast.ward_culture))
    assert Assignment.objects.count() == 1
    assert sum(isinstance(result, ServiceError) for result in results) == 1


def test_a_reply_and_a_withdrawal_at_once_leave_one_consistent_state():
    cast = make_cast()
    assignment = make_assignment(cast)
    results = at_once(
        lambda: reply_to_assignment(assignment, actor=cast.department_officer, text="Trả lời", resolution="done"),
        lambda: withdraw_assignment(assignment, actor=cast.ward_clerk, reason="Giao nhầm"),
    )
    assignment.refresh_from_db()
    assert sum(isinstance(result, ServiceError) for result in results) == 1
    assert assignment.state == ("replied" if Reply.objects.exists() else "withdrawn")


def test_a_reply_accepted_twice_at_once_is_accepted_once():
    cast = make_cast()
    reply = reply_to_assignment(make_assignment(cast), actor=cast.department_officer, text="Trả lời", resolution="done")
    results = at_once(*[lambda: accept_reply(reply, actor=cast.ward_clerk)] * 2)
    assert sum(isinstance(result, ServiceError) for result in results) == 1
