"""The clock of an assignment stands still only where the rule allows it, and then for everybody."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.errors import ServiceError
from audit.models import Event
from deadlines import clock
from deadlines.models import MoveCause, Obligation, Reminder
from deadlines.services import moves_of, working_calendar
from feedback import queries
from feedback.models import Assignment
from feedback.services import (
    accept_reply,
    pause_assignment,
    reply_to_assignment,
    resume_assignment,
    withdraw_assignment,
)
from reports.work import tasks_of, waiting_counts
from tests.cast import make_cast
from tests.feedback.factories import make_assignment, make_opinion, make_reply_rule
from tests.feedback.test_concurrency import at_once

MONDAY = "2026-09-07 09:00+07:00"  # due on Monday 21/09/2026


def at(day: str):
    return time_machine.travel(f"{day} 09:00+07:00", tick=False)


@pytest.fixture
def assignment(cast):
    with time_machine.travel(MONDAY, tick=False):
        make_reply_rule(cast, 10, allows_pause=True)
        return make_assignment(cast)


def _pause(cast, assignment, **fields):
    assignment = pause_assignment(assignment, **({"actor": cast.ward_clerk, "reason": "Chờ giám định"} | fields))
    return Assignment.objects.get(pk=assignment.pk)


def test_only_a_rule_that_allows_it_lets_the_clock_be_stopped(cast):
    assignment = make_assignment(cast)
    with pytest.raises(ServiceError):
        _pause(cast, assignment)
    make_reply_rule(cast, 10, allows_pause=False)
    with pytest.raises(ServiceError, match="Điều 5 01-QC/TU"):
        _pause(cast, make_assignment(cast, make_opinion(cast)))
    assert not Assignment.objects.exclude(paused_on=None).exists()


def test_a_stopped_clock_is_kept_with_its_reason_and_the_department_is_told(cast, assignment):
    with at("2026-09-09"):
        paused = _pause(cast, assignment)
    assert (paused.paused_on, paused.pause_reason, paused.due_on) == (
        date(2026, 9, 9),
        "Chờ giám định",
        date(2026, 9, 21),
    )
    assert Event.objects.first().sentence == ("đã tạm dừng thời hạn ý kiến số 1 từ 09/09/2026: Chờ giám định")
    assert Reminder.objects.filter(recipient=cast.department_officer, subject__contains="Tạm dừng thời hạn").exists()


@pytest.mark.parametrize(
    ("today", "fields", "field"),
    [
        ("2026-09-09", {"reason": "  "}, "reason"),
        ("2026-09-09", {"on": date(2026, 9, 8)}, "on"),
        ("2026-09-09", {"on": date(2026, 9, 10)}, "on"),
        ("2026-09-22", {}, None),  # overdue since yesterday
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(cast, assignment, today, fields, field):
    with at(today), pytest.raises(ServiceError) as refused:
        _pause(cast, assignment, **fields)
    assert refused.value.field == field
    assert Assignment.objects.get().paused_on is None


def test_a_clock_is_not_stopped_twice_and_not_started_twice(cast, assignment):
    with at("2026-09-09"):
        with pytest.raises(ServiceError):
            resume_assignment(assignment, actor=cast.ward_clerk)
        _pause(cast, assignment)
        with pytest.raises(ServiceError, match="09/09/2026"):
            _pause(cast, assignment)
        resume_assignment(assignment, actor=cast.ward_clerk)
        with pytest.raises(ServiceError):
            resume_assignment(assignment, actor=cast.ward_clerk)
        assert moves_of(assignment).count() == 1


def test_on_the_due_day_itself_the_clock_may_still_be_stopped(cast, assignment):
    with at("2026-09-21"):
        _pause(cast, assignment)
    with at("2026-09-30"):
        resume_assignment(assignment, actor=cast.ward_leader)
    assert Assignment.objects.get().due_on == date(2026, 9, 30)


def test_after_the_reply_or_the_withdrawal_no_clock_is_stopped(cast, assignment):
    with at("2026-09-09"):
        other = make_assignment(cast, make_opinion(cast))
        reply_to_assignment(assignment, actor=cast.department_officer, text="Xong", resolution="done")
        withdraw_assignment(other, actor=cast.ward_clerk, reason="Giao nhầm")
        for one in (assignment, other):
            with pytest.raises(ServiceError):
                _pause(cast, one)


def test_what_was_left_is_counted_on_and_recorded(cast, assignment):
    with at("2026-09-09"):
        _pause(cast, assignment)
    with at("2026-09-16"):
        resume_assignment(assignment, actor=cast.ward_leader)
    assignment.refresh_from_db()
    # Left on the 9th: 9 working days up to the 21st; 5 were paused.
    assert (assignment.due_on, assignment.paused_on, assignment.pause_reason) == (date(2026, 9, 28), None, "")
    assert assignment.rule_due_on == date(2026, 9, 21)
    [move] = moves_of(assignment)
    assert (move.cause, move.obligation, move.due_on_before, move.due_on_after, move.actor) == (
        MoveCause.PAUSE,
        Obligation.REPLY,
        date(2026, 9, 21),
        date(2026, 9, 28),
        cast.ward_leader,
    )
    assert move.reason == (
        "Tạm dừng từ 09/09/2026, tính tiếp từ 16/09/2026 (5 ngày làm việc không tính): Chờ giám định"
    )
    lines = assignment.worked_answer()
    assert "Không tính: thứ Tư, 09/09/2026 – thời hạn đang tạm dừng." in lines
    assert lines[-1] == "Ngày đến hạn: hết thứ Hai, 28/09/2026."


def test_stopping_and_starting_on_one_day_moves_nothing(cast, assignment):
    Assignment.objects.update(reminded_until=date(2026, 9, 8))
    with at("2026-09-09"):
        _pause(cast, assignment)
        resume_assignment(assignment, actor=cast.ward_clerk)
    assignment.refresh_from_db()
    assert (assignment.due_on, assignment.due_reason) == (date(2026, 9, 21), "")
    assert assignment.reminded_until == date(2026, 9, 8)


def test_a_clock_stopped_twice_over_tet_keeps_every_working_day(cast):
    with at("2027-01-25"):
        make_reply_rule(cast, 10, allows_pause=True)
        assignment = make_assignment(cast)
        before = assignment.due_on
    stopped = 0
    calendar = working_calendar(cast.ward)
    for paused_on, resumed_on in (("2027-01-27", "2027-02-01"), ("2027-02-03", "2027-02-17")):
        with at(paused_on):
            _pause(cast, assignment)
        with at(resumed_on):
            resume_assignment(assignment, actor=cast.ward_clerk)
        day = date.fromisoformat(paused_on)
        while day < date.fromisoformat(resumed_on):
            stopped += calendar.is_working_day(day)
            day += timedelta(days=1)
    after, moved = Assignment.objects.get().due_on, 0
    while before < after:
        before += timedelta(days=1)
        moved += calendar.is_working_day(before)
    assert moved == stopped > 3


def test_while_it_stands_still_it_is_overdue_nowhere(cast, assignment, signed_in):
    with at("2026-09-18"):
        _pause(cast, assignment)
    late = date(2026, 10, 5)
    officer = cast.department_officer
    with at("2026-10-05"):
        assert not Assignment.objects.overdue(on=late).exists()
        assert not Assignment.objects.running().exists()
        assert queries.inbox_counts(Assignment.objects.in_inbox_of(officer))["overdue"] == 0
        assert queries.inbox_counts(Assignment.objects.in_inbox_of(officer))["open"] == 1
        assert not waiting_counts(officer, on=late).get("overdue")
        tasks, _meetings = tasks_of(officer, on=late)
        assert [task.working_days for task in tasks if task.url.startswith("/assignments/")] == [None]
        clients = {"/inbox/": "department_officer", f"/assignments/{assignment.pk}/": "department_officer"}
        clients |= {f"/opinions/{assignment.opinion_id}/": "ward_clerk", "/opinions/": "ward_clerk"}
        for url, person in clients.items():
            page = signed_in(person).get(url).content.decode()
            assert 'datetime="2026-09-18">18/09/2026' in page, url
            assert "deadline-danger" not in page, url
        assert signed_in("ward_clerk").get("/opinions/?due=overdue").context["page_obj"].paginator.count == 0
        assert signed_in("ward_clerk").get("/opinions/?due=open").context["page_obj"].paginator.count == 1
        resume_assignment(assignment, actor=cast.ward_clerk)
        assert Assignment.objects.get().due_on == date(2026, 10, 6)


def test_a_reply_during_the_pause_lets_the_clock_run_and_is_not_late(cast, assignment):
    with at("2026-09-18"):
        _pause(cast, assignment)
    with at("2026-09-30"):
        reply = reply_to_assignment(assignment, actor=cast.department_officer, text="Xong", resolution="done")
        assignment.refresh_from_db()
        assert (assignment.paused_on, assignment.replied_on) == (None, date(2026, 9, 30))
        assert assignment.due_on == date(2026, 10, 1)
        assert moves_of(assignment).get().cause == MoveCause.PAUSE
        accept_reply(reply, actor=cast.ward_clerk)


def test_the_citizen_reads_that_the_clock_stands_still_but_not_why(cast, assignment, client):
    url = reverse("portal:opinion") + f"?ma={assignment.opinion.tracking_code}"
    with at("2026-09-18"):
        assert "21/09/2026" in client.get(url).content.decode()
        _pause(cast, assignment)
        page = client.get(url).content.decode()
    assert "18/09/2026" in page and "21/09/2026" not in page
    assert "Chờ giám định" not in page


def test_a_withdrawn_matter_stays_still_and_can_not_be_started(cast, assignment):
    with at("2026-09-09"):
        _pause(cast, assignment)
        withdraw_assignment(assignment, actor=cast.ward_clerk, reason="Giao nhầm")
        with pytest.raises(ServiceError):
            resume_assignment(assignment, actor=cast.ward_clerk)


def test_by_the_pages_alone(cast, assignment, signed_in):
    clerk, officer = signed_in("ward_clerk"), signed_in("department_officer")
    with at("2026-09-09"):
        opinion_url, pause_url = f"/opinions/{assignment.opinion_id}/", f"/assignments/{assignment.pk}/pause/"
        assert pause_url in clerk.get(opinion_url).content.decode()
        assert pause_url not in officer.get(f"/assignments/{assignment.pk}/").content.decode()
        assert officer.post(pause_url, {"reason": "Chờ"}).status_code == 403
        assert clerk.post(pause_url, {"reason": ""}).status_code == 422
        assert clerk.post(pause_url, {"reason": "x" * 301}).status_code == 422
        assert clerk.post(pause_url, {"reason": "Chờ giám định <b>"}).status_code == 302
        again = clerk.post(pause_url, {"reason": "Lần nữa"})
        assert again.status_code == 409 and "Lần nữa" in again.content.decode()
        page = clerk.get(opinion_url).content.decode()
        assert f"/assignments/{assignment.pk}/resume/" in page
        assert "Chờ giám định &lt;b&gt;" in page and "<b>" not in page
        assert "/extend/" not in officer.get(f"/assignments/{assignment.pk}/").content.decode()
    with at("2026-09-10"):
        assert clerk.post(f"/assignments/{assignment.pk}/resume/").status_code == 302
        assert clerk.post(f"/assignments/{assignment.pk}/resume/").status_code == 409
        entries = clerk.get(opinion_url).context["assignments"][0].deadline_history
    assert [entry.day for entry in entries] == [date(2026, 9, 7), date(2026, 9, 9), date(2026, 9, 10)]
    assert entries[1].reason == "Chờ giám định <b>"
    assert "22/09/2026" in entries[2].sentence


def test_without_a_rule_the_page_offers_no_pause_and_refuses_it(cast, signed_in):
    assignment = make_assignment(cast)
    clerk = signed_in("ward_clerk")
    assert "/pause/" not in clerk.get(f"/opinions/{assignment.opinion_id}/").content.decode()
    assert clerk.get(f"/assignments/{assignment.pk}/pause/").status_code == 403
    assert clerk.post(f"/assignments/{assignment.pk}/pause/", {"reason": "Chờ"}).status_code == 403
    assert signed_in("sibling_clerk").get(f"/assignments/{assignment.pk}/pause/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_two_who_let_the_clock_run_at_once_one_does():
    cast = make_cast()
    make_reply_rule(cast, 10, allows_pause=True)
    assignment = make_assignment(cast)
    paused = at_once(*[lambda: _pause(cast, assignment)] * 2)
    assert sum(isinstance(result, ServiceError) for result in paused) == 1
    resumed = at_once(*[lambda: resume_assignment(assignment, actor=cast.ward_clerk)] * 3)
    assert sum(isinstance(result, ServiceError) for result in resumed) == 2
    assert moves_of(assignment).count() == 1
    assert Assignment.objects.get().due_on >= clock.today()
