"""A clock that stood still: what was left is left again, and nothing else changes."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deadlines.counting import Calendar, CountError, count, working_days_between
from deadlines.resuming import Resumption, later_by, resume
from tests.deadlines.test_counting import NATIONAL, WORKING, dates, numbers, units

DAY = timedelta(days=1)
# A machine that is busy with something else makes nothing wrong.
patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def slow_resume(paused_on: date, resumed_on: date, due_on: date, is_off) -> date:
    """Written apart, day by day: a purse of working days is put down at the pause and spent from the resumption."""
    purse, day = 0, paused_on
    while day <= due_on:
        purse += not is_off(day)
        day += DAY
    last, day = None, resumed_on
    while purse:
        if not is_off(day):
            purse -= 1
            last = day
        day += DAY
    return last


@patiently
@given(dates, numbers, units, st.integers(0, 119), st.integers(0, 200))
def test_what_was_left_is_counted_on_from_the_day_of_resuming(start, number, unit, before, length):
    due_on = count(start, number, unit, NATIONAL).due_on
    paused_on = max(start + DAY, due_on - before * DAY)
    answer = resume(paused_on, paused_on + length * DAY, due_on, NATIONAL)
    assert answer.due_on == slow_resume(paused_on, paused_on + length * DAY, due_on, NATIONAL.is_day_off)
    assert NATIONAL.is_working_day(answer.due_on)
    assert answer.days_left == working_days_between(paused_on - DAY, due_on, NATIONAL) >= 1


@patiently
@given(dates, st.integers(0, 400))
def test_stopping_and_starting_on_one_day_changes_nothing(due_on, before):
    """Even where a leader had set a day off."""
    paused_on = due_on - before * DAY
    assert resume(paused_on, paused_on, due_on, NATIONAL).due_on == due_on


@patiently
@given(dates, numbers, st.integers(0, 119), st.integers(1, 60))
def test_a_pause_of_k_working_days_moves_the_due_day_by_exactly_k_working_days(start, number, before, k):
    due_on = count(start, number, WORKING, NATIONAL).due_on
    paused_on = NATIONAL.next_working_day(max(start + DAY, due_on - before * DAY))
    resumed_on = later_by(paused_on, k, NATIONAL)
    answer = resume(paused_on, resumed_on, due_on, NATIONAL)
    assert answer.days_paused == k
    assert working_days_between(due_on, answer.due_on, NATIONAL) == k


@patiently
@given(dates, st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_two_pauses_that_follow_each_other_are_one(due_on, before, first, second):
    due_on = NATIONAL.next_working_day(due_on)
    a = due_on - before * DAY
    b, c = a + first * DAY, a + (first + second) * DAY
    halfway = resume(a, b, due_on, NATIONAL).due_on
    assert resume(b, c, halfway, NATIONAL).due_on == resume(a, c, due_on, NATIONAL).due_on


@patiently
@given(dates, st.integers(0, 60), st.integers(0, 60))
def test_the_steps_name_every_day_since_the_pause_once(due_on, before, length):
    due_on = NATIONAL.next_working_day(due_on)
    paused_on = due_on - before * DAY
    answer = resume(paused_on, paused_on + length * DAY, due_on, NATIONAL)
    days = [step.day for step in answer.steps]
    assert days == [paused_on + n * DAY for n in range((answer.due_on - paused_on).days + 1)]
    assert [s.number for s in answer.steps if s.is_counted] == list(range(1, answer.days_left + 1))
    assert all(step.reason for step in answer.steps if not step.is_counted)
    assert Resumption.from_json(answer.as_json()) == answer


def test_a_pause_over_tet_says_day_by_day_what_counts():
    due_on = count(date(2026, 2, 2), 10, WORKING, NATIONAL).due_on
    assert due_on == date(2026, 2, 23)
    answer = resume(date(2026, 2, 11), date(2026, 2, 25), due_on, NATIONAL)
    assert (answer.days_left, answer.days_paused, answer.due_on) == (4, 5, date(2026, 3, 2))
    lines = answer.lines()
    assert lines[0] == (
        "Thời hạn tạm dừng từ thứ Tư, 11/02/2026 khi còn 4 ngày làm việc, tính tiếp từ thứ Tư, 25/02/2026:"
        " 5 ngày làm việc không tính vào thời hạn."
    )
    assert "Không tính: thứ Năm, 12/02/2026 – thời hạn đang tạm dừng." in lines
    assert any(line.startswith("Không tính: thứ Ba, 17/02/2026 – Tết") for line in lines), lines
    assert "Ngày làm việc thứ 1: thứ Tư, 25/02/2026." in lines
    assert lines[-1] == "Ngày đến hạn: hết thứ Hai, 02/03/2026."


def test_a_pause_that_ends_in_a_year_that_nobody_confirmed_is_provisional():
    answer = resume(date(2026, 12, 28), date(2027, 1, 5), date(2026, 12, 30), NATIONAL)
    assert answer.provisional_years == (2027,)
    assert any(line.startswith("Tạm tính: lịch nghỉ năm 2027") for line in answer.lines())


def test_a_clock_can_not_run_again_before_it_was_stopped():
    with pytest.raises(CountError) as refused:
        resume(date(2026, 9, 10), date(2026, 9, 9), date(2026, 9, 20), Calendar())
    assert refused.value.field == "resumed_on"
    assert str(refused.value).endswith(".")
