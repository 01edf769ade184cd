"""Counting, against worked examples, real cases of every kind, and a second, slow reference."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines.counting import Calendar, Count, CountError, count, count_back, working_days_between
from deadlines.holidays_vn import library_days
from deadlines.loading import DAYS_OFF, SWAPS
from tests.deadlines import reference

WORKING, CALENDAR = "working_days", "calendar_days"


def _national() -> Calendar:
    """The library corrected by the known swaps, as the database corrects it."""
    off, working = (dict(days) for days in library_days())
    for swap in SWAPS:
        off[swap.off], working[swap.worked] = "hoán đổi", "làm bù"
    for one in DAYS_OFF:
        off[one.day] = one.name
    return Calendar(off, working, frozenset(range(2014, 2027)))


NATIONAL = _national()
dates = st.dates(date(2014, 1, 1), date(2030, 12, 31))
numbers = st.integers(1, 120)
units = st.sampled_from([WORKING, CALENDAR])


def due(start: str, number: int, unit: str = WORKING) -> str:
    return count(date.fromisoformat(start), number, unit, NATIONAL).due_on.isoformat()


def test_the_worked_examples_hold():
    assert due("2026-08-21", 10) == "2026-09-08"
    assert due("2026-08-21", 10, CALENDAR) == "2026-09-03"


@pytest.mark.parametrize(
    ("start", "number", "unit", "expected"),
    [
        # Each Tết: one working day after the last one before the holiday.
        ("2014-01-27", 1, WORKING, "2014-02-06"),
        ("2015-02-14", 1, WORKING, "2015-02-24"),
        ("2016-02-05", 1, WORKING, "2016-02-15"),
        ("2017-01-25", 1, WORKING, "2017-02-02"),
        ("2018-02-13", 1, WORKING, "2018-02-21"),
        ("2019-02-01", 1, WORKING, "2019-02-11"),
        ("2020-01-22", 1, WORKING, "2020-01-30"),
        ("2021-02-09", 1, WORKING, "2021-02-17"),
        ("2022-01-28", 1, WORKING, "2022-02-07"),
        ("2023-01-19", 1, WORKING, "2023-01-27"),
        ("2024-02-07", 1, WORKING, "2024-02-15"),
        ("2025-01-24", 1, WORKING, "2025-02-03"),
        ("2026-02-13", 1, WORKING, "2026-02-23"),
        # … and ten calendar days that would end within it.
        ("2019-01-27", 10, CALENDAR, "2019-02-11"),
        ("2024-02-01", 10, CALENDAR, "2024-02-15"),
        ("2026-02-07", 10, CALENDAR, "2026-02-23"),
        # Each swap: the day given off is skipped, the Saturday worked is counted.
        ("2014-01-24", 1, WORKING, "2014-01-25"),
        ("2014-02-07", 1, WORKING, "2014-02-08"),
        ("2014-04-25", 1, WORKING, "2014-04-26"),
        ("2014-04-29", 1, WORKING, "2014-05-05"),
        ("2014-08-29", 1, WORKING, "2014-09-03"),
        ("2014-09-05", 1, WORKING, "2014-09-06"),
        ("2014-12-26", 1, WORKING, "2014-12-27"),
        ("2014-12-31", 1, WORKING, "2015-01-05"),
        ("2015-02-13", 1, WORKING, "2015-02-14"),
        ("2015-04-24", 1, WORKING, "2015-04-25"),
        ("2015-04-27", 1, WORKING, "2015-05-04"),
        ("2018-12-28", 1, WORKING, "2019-01-02"),
        ("2019-01-04", 1, WORKING, "2019-01-05"),
        ("2019-04-26", 1, WORKING, "2019-05-02"),
        ("2019-05-03", 1, WORKING, "2019-05-04"),
        ("2024-04-26", 1, WORKING, "2024-05-02"),
        ("2024-05-03", 1, WORKING, "2024-05-04"),
        ("2025-04-25", 1, WORKING, "2025-04-26"),
        ("2025-04-29", 1, WORKING, "2025-05-05"),
        ("2025-12-31", 1, WORKING, "2026-01-05"),
        ("2026-01-09", 1, WORKING, "2026-01-10"),
        ("2026-08-21", 1, WORKING, "2026-08-22"),
        ("2026-08-28", 1, WORKING, "2026-09-03"),
        # A limit in calendar days may end on a worked Saturday.
        ("2026-08-12", 10, CALENDAR, "2026-08-22"),
        ("2025-12-31", 10, CALENDAR, "2026-01-10"),
        # Hùng Kings beside 30 April and 1 May: 2020 apart, 2022 both on a weekend, 2023 in one row, 2026 made up for.
        ("2020-04-01", 1, WORKING, "2020-04-03"),
        ("2020-04-29", 1, WORKING, "2020-05-04"),
        ("2022-04-08", 1, WORKING, "2022-04-12"),
        ("2022-04-29", 1, WORKING, "2022-05-04"),
        ("2023-04-28", 1, WORKING, "2023-05-04"),
        ("2026-04-24", 1, WORKING, "2026-04-28"),
        ("2026-04-29", 1, WORKING, "2026-05-04"),
        # The year's end.
        ("2024-12-31", 1, WORKING, "2025-01-02"),
        ("2022-12-31", 1, CALENDAR, "2023-01-03"),
        ("2025-12-22", 10, CALENDAR, "2026-01-05"),
        # The worked examples, and a limit over a whole Tết.
        ("2026-08-21", 10, WORKING, "2026-09-08"),
        ("2026-08-21", 10, CALENDAR, "2026-09-03"),
        ("2026-02-09", 10, WORKING, "2026-03-02"),
        # The Day of Vietnamese Culture is a day off from 2026 on.
        ("2026-11-20", 2, WORKING, "2026-11-25"),
        ("2025-11-23", 1, WORKING, "2025-11-24"),
        ("2026-11-23", 1, WORKING, "2026-11-25"),
        ("2026-11-14", 10, CALENDAR, "2026-11-25"),
        # A leap day.
        ("2024-02-28", 1, WORKING, "2024-02-29"),
        ("2024-02-19", 10, CALENDAR, "2024-02-29"),
    ],
)
def test_real_cases_end_on_the_announced_day(start, number, unit, expected):
    assert due(start, number, unit) == expected


@pytest.mark.parametrize("year", reference.YEARS)
def test_each_year_agrees_with_the_reference_on_every_day(year):
    day, differing = date(year, 1, 1), []
    while day.year == year:
        if NATIONAL.is_day_off(day) != reference.is_off(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


# The reference's last year has to hold the whole count.
known_dates = st.dates(date(2014, 1, 1), date(2030, 6, 30))


@given(known_dates, st.integers(1, 60))
def test_counting_agrees_with_the_slow_reference(start, number):
    assert count(start, number, WORKING, NATIONAL).due_on == reference.after_working_days(start, number)
    assert count(start, number, CALENDAR, NATIONAL).due_on == reference.after_calendar_days(start, number)


@given(st.dates(date(2014, 6, 1), date(2030, 12, 31)), st.integers(1, 60))
def test_counting_back_agrees_with_the_slow_reference(event, number):
    assert count_back(event, number, WORKING, NATIONAL).due_on == reference.before_working_days(event, number)
    assert count_back(event, number, CALENDAR, NATIONAL).due_on == event - timedelta(days=number)


@given(known_dates, st.integers(0, 180))
def test_days_between_agree_with_the_slow_reference(after, length):
    until = after + timedelta(days=length)
    assert working_days_between(after, until, NATIONAL) == reference.working_days_passed(after, until)


@given(dates, numbers)
def test_counting_agrees_with_the_slow_reference_from_2014_to_2030_given_the_same_days_off(start, number):
    off = NATIONAL.is_day_off
    assert count(start, number, WORKING, NATIONAL).due_on == reference.after_working_days(start, number, off)
    assert count(start, number, CALENDAR, NATIONAL).due_on == reference.after_calendar_days(start, number, off)


@given(dates, numbers, units)
def test_a_limit_never_ends_on_a_day_off_nor_on_the_day_of_the_event(start, number, unit):
    answer = count(start, number, unit, NATIONAL)
    assert NATIONAL.is_working_day(answer.due_on)
    assert answer.due_on > start
    assert answer.steps[0].day == start
    assert not answer.steps[0].is_counted


@given(dates, numbers, units)
def test_a_later_event_or_a_longer_limit_never_ends_earlier(start, number, unit):
    answer = count(start, number, unit, NATIONAL).due_on
    assert count(start + timedelta(days=1), number, unit, NATIONAL).due_on >= answer
    assert count(start, number + 1, unit, NATIONAL).due_on >= answer


@given(dates, numbers, units)
def test_the_day_of_the_event_never_counts_whatever_day_it_is(start, number, unit):
    as_it_is = count(start, number, unit, NATIONAL)
    turned = (
        Calendar({**NATIONAL.days_off, start: "nghỉ"}, {k: v for k, v in NATIONAL.working_days.items() if k != start})
        if NATIONAL.is_working_day(start)
        else Calendar(
            {k: v for k, v in NATIONAL.days_off.items() if k != start}, {**NATIONAL.working_days, start: "làm bù"}
        )
    )
    assert turned.is_day_off(start) != NATIONAL.is_day_off(start)
    assert count(start, number, unit, turned).due_on == as_it_is.due_on
    assert count_back(start, number, unit, turned).due_on == count_back(start, number, unit, NATIONAL).due_on


@given(dates, numbers, units)
def test_a_later_event_or_a_shorter_limit_never_has_to_be_announced_earlier(event, number, unit):
    answer = count_back(event, number, unit, NATIONAL).due_on
    assert answer < event
    assert count_back(event + timedelta(days=1), number, unit, NATIONAL).due_on >= answer
    assert count_back(event, number + 1, unit, NATIONAL).due_on < answer


@given(dates, numbers, numbers)
def test_working_days_add_up_backward_too(event, first, second):
    halfway = count_back(event, first, WORKING, NATIONAL).due_on
    whole = count_back(event, first + second, WORKING, NATIONAL).due_on
    assert count_back(halfway, second, WORKING, NATIONAL).due_on == whole


@given(dates, numbers, numbers)
def test_working_days_add_up(start, first, second):
    halfway = count(start, first, WORKING, NATIONAL).due_on
    whole = count(start, first + second, WORKING, NATIONAL).due_on
    assert count(halfway, second, WORKING, NATIONAL).due_on == whole


@given(dates, numbers, units)
def test_the_steps_name_every_day_once_and_count_to_the_limit(start, number, unit):
    answer = count(start, number, unit, NATIONAL)
    days = [step.day for step in answer.steps]
    assert days == [start + timedelta(days=n) for n in range((answer.due_on - start).days + 1)]
    assert [step.number for step in answer.steps if step.is_counted] == list(range(1, number + 1))
    assert all(step.reason for step in answer.steps if not step.is_counted)


@given(dates, numbers)
def test_days_between_undo_the_counting(start, number):
    end = count(start, number, WORKING, NATIONAL).due_on
    assert working_days_between(start, end, NATIONAL) == number
    assert working_days_between(end, start, NATIONAL) == 0


@given(dates, st.integers(0, 800))
def test_days_between_agree_with_going_through_them_one_by_one(start, length):
    days = [start + timedelta(days=n) for n in range(1, length + 1)]
    expected = sum(NATIONAL.is_working_day(day) for day in days)
    assert working_days_between(start, start + timedelta(days=length), NATIONAL) == expected


@given(dates, numbers, units)
def test_a_count_survives_being_stored(start, number, unit):
    for counting in (count, count_back):
        answer = counting(start, number, unit, NATIONAL)
        assert Count.from_json(answer.as_json()) == answer


@given(dates, numbers)
@settings(max_examples=50)
def test_counting_back_leaves_the_full_number_of_days_between(event, number):
    assert (event - count_back(event, number, CALENDAR, NATIONAL).due_on).days == number
    last = count_back(event, number, WORKING, NATIONAL).due_on
    assert NATIONAL.is_working_day(last)
    assert working_days_between(last - timedelta(days=1), event - timedelta(days=1), NATIONAL) == number


def test_seven_days_ahead_of_a_friday_is_the_friday_before():
    assert count_back(date(2026, 8, 21), 7, CALENDAR, NATIONAL).due_on == date(2026, 8, 14)


def test_a_limit_that_runs_back_to_a_day_off_stays_and_names_the_working_day_before():
    answer = count_back(date(2026, 9, 7), 7, CALENDAR, NATIONAL)
    assert answer.due_on == date(2026, 8, 31)
    assert answer.advised_on == date(2026, 8, 28)
    assert any("28/08/2026" in line for line in answer.lines())


def test_a_limit_over_a_year_that_nobody_confirmed_is_provisional():
    assert not count(date(2026, 12, 1), 10, WORKING, NATIONAL).is_provisional
    answer = count(date(2026, 12, 25), 10, WORKING, NATIONAL)
    assert answer.provisional_years == (2027,)
    assert "Tạm tính: lịch nghỉ năm 2027 chưa được xác nhận, ngày đến hạn có thể thay đổi." in answer.lines()


def test_the_working_out_names_the_law_of_its_time():
    now = "\n".join(count(date(2026, 8, 21), 10, CALENDAR, NATIONAL).lines())
    assert "khoản 3 Điều 147 Bộ luật Dân sự 2015" in now
    assert "khoản 5 Điều 148 Bộ luật Dân sự 2015" in now
    assert "Quốc khánh (Điều 112 Bộ luật Lao động 2019)" in now
    then = "\n".join(count(date(2015, 8, 25), 8, CALENDAR, NATIONAL).lines())
    assert "khoản 3 Điều 152 Bộ luật Dân sự 2005" in then
    assert "khoản 5 Điều 153 Bộ luật Dân sự 2005" in then
    assert "Quốc khánh (Điều 115 Bộ luật Lao động 2012)" in then


@pytest.mark.parametrize(
    ("start", "number", "unit", "field"),
    [
        (date(2026, 8, 21), 0, WORKING, "number"),
        (date(2026, 8, 21), -5, CALENDAR, "number"),
        (date(2026, 8, 21), 10**9, WORKING, "number"),
        (date(1999, 12, 31), 1, WORKING, "start"),
        (date(9999, 12, 31), 1, WORKING, "start"),
        (date(2026, 8, 21), 10, "weeks", "unit"),
    ],
)
def test_a_question_without_sense_is_refused_with_a_sentence(start, number, unit, field):
    for counting in (count, count_back):
        with pytest.raises(CountError) as refusal:
            counting(start, number, unit, NATIONAL)
        assert refusal.value.field == field
        assert str(refusal.value).endswith(".")
