"""More time for a reply: asked for with a reason, within what the rule allows, decided once, all of it in the record."""

from datetime import date, timedelta

import pytest
import time_machine

from accounts.errors import ServiceError
from audit.models import Event
from deadlines.counting import CALENDAR_DAYS, Count, count
from deadlines.models import CalendarDay, DayKind, MoveCause, Obligation
from deadlines.services import moves_of, working_calendar
from feedback.models import Assignment, Extension, Verdict
from feedback.services import (
    accept_reply,
    assign_opinion,
    decide_extension,
    latest_day,
    pause_assignment,
    reply_to_assignment,
    request_extension,
    resume_assignment,
)
from tests.cast import make_cast
from tests.feedback.factories import later_day, make_assignment, make_held_meeting, make_opinion, make_reply_rule
from tests.feedback.test_concurrency import at_once
from tests.meetings.factories import make_meeting

# A Monday; ten working days later is Monday 21/09/2026.
MONDAY = "2026-09-07 09:00+07:00"


@pytest.fixture
def monday():
    with time_machine.travel(MONDAY, tick=False):
        yield


def _ask(cast, assignment, until, **fields):
    return request_extension(
        assignment, **({"actor": cast.department_officer, "asked_until": until, "reason": "Mưa lũ"} | fields)
    )


def _extend(cast, assignment, until):
    decide_extension(_ask(cast, assignment, until), actor=cast.ward_leader, is_granted=True)
    assignment.refresh_from_db()
    return assignment


def test_what_the_earliest_reply_rule_says_is_kept_with_the_assignment(cast, monday):
    assert make_assignment(cast).extension_days is None
    rule = make_reply_rule(cast, 10, extension_days=5, allows_pause=True)
    make_reply_rule(cast, 15, extension_days=30)
    assignment = make_assignment(cast, make_opinion(cast))
    assert (assignment.due_on, assignment.extension_days, assignment.allows_pause) == (date(2026, 9, 21), 5, True)
    rule.extension_days, rule.allows_pause = 0, False
    rule.save()
    assignment.refresh_from_db()
    assert (assignment.extension_days, assignment.allows_pause) == (5, True)


def test_a_rule_on_conclusions_says_nothing_of_replies(cast, monday):
    make_reply_rule(cast, 10, obligation=Obligation.CONCLUSION_NOTICE, extension_days=0)
    assignment = make_assignment(cast)
    assert assignment.extension_days is None
    assert latest_day(assignment) is None


def test_the_rule_limits_all_extensions_together_from_the_start_of_the_count(cast, monday):
    make_reply_rule(cast, 10, extension_days=5)
    assignment = make_assignment(cast)
    latest = date(2026, 9, 28)
    assert latest_day(assignment) == latest
    with pytest.raises(ServiceError) as refused:
        _ask(cast, assignment, date(2026, 9, 29))
    assert refused.value.field == "asked_until"
    assert "28/09/2026" in refused.value.message and "Điều 5 01-QC/TU" in refused.value.message
    _extend(cast, assignment, date(2026, 9, 24))
    with pytest.raises(ServiceError, match="28/09/2026"):
        _ask(cast, assignment, date(2026, 9, 29))
    _extend(cast, assignment, latest)
    with pytest.raises(ServiceError, match="28/09/2026"):
        _ask(cast, assignment, date(2026, 9, 29))
    assert assignment.due_on == latest == latest_day(assignment)


def test_a_rule_in_calendar_days_is_extended_in_calendar_days(cast, monday):
    make_reply_rule(cast, 10, CALENDAR_DAYS, extension_days=4)
    assignment = make_assignment(cast)
    assert latest_day(assignment) == count(date(2026, 9, 7), 14, CALENDAR_DAYS, working_calendar(cast.ward)).due_on


def test_a_rule_that_allows_no_extension_is_named(cast, monday):
    make_reply_rule(cast, 10, extension_days=0)
    assignment = make_assignment(cast)
    with pytest.raises(ServiceError) as refused:
        _ask(cast, assignment, date(2026, 9, 22))
    assert "Điều 5 01-QC/TU" in refused.value.message and "21/09/2026" in refused.value.message
    assert not Extension.objects.exists()


def test_where_the_rule_says_nothing_the_leader_may_grant_any_working_day(cast, monday):
    assignment = make_assignment(cast)
    assert _extend(cast, assignment, date(2027, 3, 1)).due_on == date(2027, 3, 1)


@pytest.mark.parametrize(
    ("until", "words"),
    [
        (date(2026, 9, 26), "28/09/2026"),  # a Saturday: the Monday after it
        (date(2026, 11, 24), "25/11/2026"),  # Ngày Văn hóa Việt Nam
        (date(2027, 1, 1), "04/01/2027"),
    ],
)
def test_a_day_off_is_refused_with_the_next_working_day(cast, monday, until, words):
    assignment = make_assignment(cast)
    with pytest.raises(ServiceError) as refused:
        _ask(cast, assignment, until)
    assert refused.value.field == "asked_until"
    assert words in refused.value.message


def test_a_day_off_at_the_end_of_what_the_rule_allows_suggests_no_day_beyond_it(cast, monday):
    make_reply_rule(cast, 10, extension_days=5)
    assignment = make_assignment(cast)
    with pytest.raises(ServiceError) as refused:
        _ask(cast, assignment, date(2026, 9, 27))
    assert "28/09/2026" in refused.value.message
    CalendarDay.objects.create(day=date(2026, 9, 25), kind=DayKind.DAY_OFF, name="Nghỉ bão")
    CalendarDay.objects.create(day=date(2026, 9, 19), kind=DayKind.WORKING_DAY, name="Làm bù")
    assert latest_day(assignment) == date(2026, 9, 28)


@pytest.mark.parametrize(
    ("until", "field"),
    [(date(2026, 9, 21), "asked_until"), (date(2026, 9, 1), "asked_until"), (date(2020, 1, 2), "asked_until")],
)
def test_a_date_that_is_not_later_is_refused(cast, monday, until, field):
    with pytest.raises(ServiceError) as refused:
        _ask(cast, make_assignment(cast), until)
    assert refused.value.field == field


def test_after_the_reply_and_after_the_settlement_no_date_moves(cast, monday):
    assignment = make_assignment(cast)
    extension = _ask(cast, assignment, date(2026, 9, 24))
    reply = reply_to_assignment(assignment, actor=cast.department_officer, text="Xong", resolution="done")
    for _state in ("replied", "settled"):
        with pytest.raises(ServiceError):
            _ask(cast, assignment, date(2026, 9, 25))
        with pytest.raises(ServiceError):
            decide_extension(extension, actor=cast.ward_leader, is_granted=True)
        if reply.verdict == Verdict.WAITING:
            reply = accept_reply(reply, actor=cast.ward_clerk)
    assignment.refresh_from_db()
    assert assignment.due_on == date(2026, 9, 21)


def test_a_grant_stands_in_the_ledger_and_asks_for_reminders_anew(cast, monday):
    assignment = make_assignment(cast)
    Assignment.objects.update(reminded_until=date(2026, 9, 18))
    _extend(cast, assignment, date(2026, 9, 28))
    assert assignment.reminded_until is None
    [move] = moves_of(assignment)
    assert (move.due_on_before, move.due_on_after) == (date(2026, 9, 21), date(2026, 9, 28))
    assert (move.cause, move.obligation, move.actor, move.reason) == (
        MoveCause.EXTENSION,
        Obligation.REPLY,
        cast.ward_leader,
        "Mưa lũ",
    )
    assert "đồng ý gia hạn" in Event.objects.first().sentence
    assert assignment.worked_answer()[-1] == "Thời hạn đang áp dụng: hết thứ Hai, 28/09/2026 (Gia hạn: Mưa lũ)."


def test_a_refusal_leaves_no_move(cast, monday):
    assignment = make_assignment(cast)
    Assignment.objects.update(reminded_until=date(2026, 9, 18))
    decide_extension(
        _ask(cast, assignment, date(2026, 9, 28)), actor=cast.ward_leader, is_granted=False, remark="Việc gấp"
    )
    assignment.refresh_from_db()
    assert not moves_of(assignment).exists()
    assert assignment.reminded_until == date(2026, 9, 18)


def test_a_day_that_became_a_day_off_since_it_was_asked_for_is_not_granted(cast, monday):
    assignment = make_assignment(cast)
    extension = _ask(cast, assignment, date(2026, 9, 28))
    CalendarDay.objects.create(day=date(2026, 9, 28), kind=DayKind.DAY_OFF, name="Nghỉ bão", locality=cast.ward)
    with pytest.raises(ServiceError, match="29/09/2026"):
        decide_extension(extension, actor=cast.ward_leader, is_granted=True)
    extension.refresh_from_db()
    assert extension.verdict == Verdict.WAITING


def test_while_the_clock_stands_still_no_extension_is_asked_for_or_granted(cast, monday):
    make_reply_rule(cast, 10, allows_pause=True)
    assignment = make_assignment(cast)
    extension = _ask(cast, assignment, date(2026, 9, 28))
    pause_assignment(assignment, actor=cast.ward_clerk, reason="Chờ giám định")
    with pytest.raises(ServiceError, match="07/09/2026"):
        decide_extension(extension, actor=cast.ward_leader, is_granted=True)
    decide_extension(extension, actor=cast.ward_leader, is_granted=False, remark="Đang tạm dừng")
    with pytest.raises(ServiceError, match="07/09/2026"):
        _ask(cast, assignment, date(2026, 9, 28))


def test_days_on_which_the_clock_stood_still_move_what_the_rule_allows(cast):
    with time_machine.travel(MONDAY, tick=False):
        make_reply_rule(cast, 10, allows_pause=True, extension_days=5)
        assignment = make_assignment(cast)
        pause_assignment(assignment, actor=cast.ward_clerk, reason="Chờ giám định")
    with time_machine.travel("2026-09-10 09:00+07:00", tick=False):
        resume_assignment(assignment, actor=cast.ward_clerk)
        assignment.refresh_from_db()
        assert assignment.due_on == date(2026, 9, 24)
        assert latest_day(assignment) == date(2026, 10, 1)


def test_a_due_date_before_the_meeting_or_the_assignment_is_refused(cast, monday):
    held = make_opinion(cast, make_held_meeting(cast, days_ago=3))
    with pytest.raises(ServiceError, match="04/09/2026") as refused:
        make_assignment(cast, held, due_on=date(2026, 9, 3), due_reason="Gấp")
    assert refused.value.field == "due_on"
    with pytest.raises(ServiceError, match="07/09/2026") as refused:
        make_assignment(cast, held, due_on=date(2026, 9, 5), due_reason="Gấp")
    assert refused.value.field == "due_on"
    planned = make_meeting(cast, day=date(2026, 10, 5))
    advance = make_opinion(cast, planned, is_advance=True)
    with pytest.raises(ServiceError, match="05/10/2026"):
        assign_opinion(
            advance,
            actor=cast.ward_clerk,
            lead_department=cast.ward_economy,
            task="Chuẩn bị",
            due_on=date(2026, 10, 2),
            due_reason="Trước hội nghị",
        )
    assert not Assignment.objects.exists()


def test_a_date_set_at_the_assignment_does_not_go_round_the_limit_either(cast, monday):
    make_reply_rule(cast, 10, extension_days=5)
    with pytest.raises(ServiceError, match="28/09/2026") as refused:
        make_assignment(cast, due_on=date(2026, 10, 30), due_reason="Nhiều việc")
    assert refused.value.field == "due_on"
    assert make_assignment(cast, due_on=date(2026, 9, 28), due_reason="Nhiều việc").due_on == date(2026, 9, 28)


def test_a_reason_that_ends_with_a_full_stop_leaves_one_full_stop(cast, monday):
    assignment = make_assignment(cast, due_on=date(2026, 9, 28), due_reason="Nhiều việc.")
    assert assignment.worked_answer()[-1] == "Thời hạn đang áp dụng: hết thứ Hai, 28/09/2026 (Nhiều việc)."


def test_a_limit_longer_than_can_be_counted_is_cut_and_not_an_error(cast, monday):
    make_reply_rule(cast, 10, extension_days=32_000)
    assignment = make_assignment(cast)
    assert latest_day(assignment).year > 2035
    assert Count.from_json(assignment.working_out).number == 10


def test_the_page_says_how_far_the_rule_reaches_and_the_history_reads_from_the_start(cast, signed_in, monday):
    make_reply_rule(cast, 10, extension_days=5)
    assignment = make_assignment(cast)
    officer, leader = signed_in("department_officer"), signed_in("ward_leader")
    assert "28/09/2026" in officer.get(f"/assignments/{assignment.pk}/extend/").content.decode()
    _ask(cast, assignment, date(2026, 9, 24))
    decide_extension(Extension.objects.get(), actor=cast.ward_leader, is_granted=False, remark="Chưa cần")
    _extend(cast, assignment, date(2026, 9, 28))
    for client, url in (
        (officer, f"/assignments/{assignment.pk}/"),
        (leader, f"/opinions/{assignment.opinion_id}/"),
    ):
        page = client.get(url)
        [one] = [page.context["assignment"]] if "assignment" in page.context else page.context["assignments"]
        told = [(entry.who, entry.reason) for entry in one.deadline_history]
        assert told == [
            (cast.ward_leader.full_name, "Điều 5 01-QC/TU"),
            (cast.department_officer.full_name, "Mưa lũ"),
            (cast.ward_leader.full_name, "Chưa cần"),
            (cast.department_officer.full_name, "Mưa lũ"),
            (cast.ward_leader.full_name, ""),
        ]
        last = one.deadline_history[-1].sentence
        assert "21/09/2026" in last and "28/09/2026" in last
        assert last in page.content.decode()


def test_another_date_set_at_the_assignment_keeps_its_reason_in_the_history(cast, signed_in, monday):
    assignment = make_assignment(cast, due_on=date(2026, 9, 14), due_reason="Gấp trước mùa mưa")
    _extend(cast, assignment, date(2026, 9, 16))
    page = signed_in("ward_leader").get(f"/opinions/{assignment.opinion_id}/")
    entries = page.context["assignments"][0].deadline_history
    assert "21/09/2026" in entries[0].sentence
    assert ("14/09/2026" in entries[1].sentence, entries[1].reason) == (True, "Gấp trước mùa mưa")


@pytest.mark.django_db(transaction=True)
def test_of_two_leaders_deciding_at_once_one_decides():
    cast = make_cast()
    assignment = make_assignment(cast)
    before, until = assignment.due_on, later_day(assignment)
    extension = _ask(cast, assignment, until)
    results = at_once(
        lambda: decide_extension(extension, actor=cast.ward_leader, is_granted=True),
        lambda: decide_extension(extension, actor=cast.system_admin, is_granted=False, remark="Không"),
    )
    assert sum(isinstance(result, ServiceError) for result in results) == 1
    assignment.refresh_from_db()
    extension.refresh_from_db()
    granted = extension.verdict == Verdict.ACCEPTED
    assert assignment.due_on == (until if granted else before)
    assert moves_of(assignment).count() == int(granted)


@pytest.mark.django_db(transaction=True)
def test_a_grant_pressed_twice_moves_the_date_once():
    cast = make_cast()
    assignment = make_assignment(cast)
    extension = _ask(cast, assignment, later_day(assignment))
    results = at_once(*[lambda: decide_extension(extension, actor=cast.ward_leader, is_granted=True)] * 3)
    assert sum(isinstance(result, ServiceError) for result in results) == 2
    assert moves_of(assignment).count() == 1


def test_a_department_that_asks_after_the_date_has_passed_may_still_be_given_time(cast):
    with time_machine.travel(MONDAY, tick=False):
        assignment = make_assignment(cast)
    with time_machine.travel("2026-09-23 09:00+07:00", tick=False):
        assert Assignment.objects.overdue(on=date(2026, 9, 23)).exists()
        _extend(cast, assignment, date(2026, 9, 25))
        assert not Assignment.objects.overdue(on=date(2026, 9, 23)).exists()
        assert assignment.due_on - date(2026, 9, 23) == timedelta(days=2)
