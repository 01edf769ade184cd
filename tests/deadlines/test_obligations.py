"""Until when a quota can still be met: against examples, a slow reference, and its own promise."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines.counting import count_back
from deadlines.obligations import (
    MONTH_IN_DANGER,
    Ahead,
    Period,
    Standing,
    act_by,
    announce_by,
    stand,
)
from tests.deadlines.test_counting import NATIONAL

WEEK, TEN = Ahead(7, "calendar_days"), Ahead(10, "working_days")
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
JULY = Period(date(2026, 7, 1), date(2026, 7, 31))
rules = st.lists(st.builds(Ahead, st.integers(1, 40), st.sampled_from(["working_days", "calendar_days"])), max_size=3)
kinds = st.lists(rules, max_size=3)
years = st.integers(2014, 2030)


def year_of(number: int) -> Period:
    return Period(date(number, 1, 1), date(number, 12, 31))


def days_of(period: Period) -> list[date]:
    return [period.first + timedelta(n) for n in range((period.last - period.first).days + 1)]


# --- the slow reference: for each day the question is put anew, forwards -------------------------------------------


def _may_still_be_announced(today: date, meeting_day: date, asked) -> bool:
    """Whether a meeting announced today leaves as many days as every rule asks: counted from today on."""
    for rule in asked:
        left, day = 0, today
        while day < meeting_day:
            if rule.unit == "calendar_days" or NATIONAL.is_working_day(day):
                left += 1
            day += timedelta(1)
        if left < rule.number:
            return False
    return today <= meeting_day


def _can_still_be_met(today: date, missing: int, period: Period, asked_by_kind, taken=()) -> bool:
    free = [day for day in days_of(period) if NATIONAL.is_working_day(day) and day not in taken]
    asked_by_kind = asked_by_kind or [[]]
    good = [d for d in free if any(_may_still_be_announced(today, d, asked) for asked in asked_by_kind)]
    return len(good) >= missing


@given(years, st.integers(1, 12), kinds)
@settings(max_examples=60, deadline=None)
def test_the_day_named_is_the_last_on_which_the_slow_reference_still_says_yes(year, missing, asked):
    period = year_of(year)
    last = act_by(missing, period, NATIONAL, kinds=asked)
    assert _can_still_be_met(last, missing, period, asked)
    assert not _can_still_be_met(last + timedelta(1), missing, period, asked)


@given(years, st.integers(1, 5), kinds, st.sets(st.integers(0, 40), max_size=30))
@settings(max_examples=40, deadline=None)
def test_days_that_have_a_meeting_already_are_not_given_a_second_one(year, missing, asked, offsets):
    period = year_of(year)
    taken = {period.last - timedelta(n) for n in offsets}
    last = act_by(missing, period, NATIONAL, kinds=asked, taken=taken)
    assert _can_still_be_met(last, missing, period, asked, taken)
    assert not _can_still_be_met(last + timedelta(1), missing, period, asked, taken)


@given(years, st.integers(1, 30), st.integers(0, 30), st.integers(0, 30), kinds, st.integers(-30, 400))
def test_what_is_lost_stays_lost_and_what_can_be_met_was_not_lost_the_day_before(
    year, number, held, planned, asked, offset
):
    period = year_of(year)
    on = period.first + timedelta(offset)

    def on_the_day(day):
        return stand(number, held=held, planned=planned, period=period, calendar=NATIONAL, on=day, kinds=asked).standing

    gone = {Standing.LOST, Standing.MISSED}
    if on_the_day(on) in gone:
        assert on_the_day(on + timedelta(1)) in gone
    else:
        assert on_the_day(on - timedelta(1)) not in gone
    quota = stand(number, held=held, planned=planned, period=period, calendar=NATIONAL, on=on, kinds=asked)
    if quota.lost_from and on <= period.last:
        assert on_the_day(quota.act_by) not in gone
        assert on_the_day(quota.lost_from) in gone


@given(years, st.integers(1, 30), kinds)
def test_missing_one_more_never_leaves_more_time(year, missing, asked):
    period = year_of(year)
    assert act_by(missing + 1, period, NATIONAL, kinds=asked) <= act_by(missing, period, NATIONAL, kinds=asked)


@given(st.dates(date(2014, 1, 1), date(2030, 12, 31)), rules)
def test_announcing_in_time_is_the_count_back_that_every_page_shows(day, asked):
    counted = [count_back(day, rule.number, rule.unit, NATIONAL).due_on for rule in asked]
    assert announce_by(day, asked, NATIONAL) == min(counted, default=day)


# --- worked by hand ----------------------------------------------------------------------------------------------


def test_one_meeting_missing_in_2026_has_to_be_announced_by_christmas_eve():
    # Thursday 31/12/2026 is a working day; seven days before it is Thursday 24/12.
    quota = stand(1, held=0, planned=0, period=YEAR, calendar=NATIONAL, on=date(2026, 12, 24), kinds=[[WEEK]])
    assert (quota.standing, quota.short_by) == (Standing.IN_DANGER, 1)
    assert (quota.act_by, quota.lost_from) == (date(2026, 12, 24), date(2026, 12, 25))
    after = stand(1, held=0, planned=0, period=YEAR, calendar=NATIONAL, on=date(2026, 12, 25), kinds=[[WEEK]])
    assert (after.standing, after.lost_from) == (Standing.LOST, date(2026, 12, 25))
    assert stand(1, held=0, planned=0, period=YEAR, calendar=NATIONAL, on=date(2027, 1, 1)).standing == Standing.MISSED


def test_three_missing_need_the_last_three_working_days_of_the_year():
    # 31, 30 and 29 December; the earliest of them, Tuesday 29, is announced by the 22nd.
    assert act_by(3, YEAR, NATIONAL, kinds=[[WEEK]]) == date(2026, 12, 22)
    # Of two rules the earlier day counts: ten working days before 31/12 is 17/12.
    assert act_by(1, YEAR, NATIONAL, kinds=[[WEEK, TEN]]) == date(2026, 12, 17)
    # Of two kinds the one that leaves more time can still save the quota.
    assert act_by(1, YEAR, NATIONAL, kinds=[[TEN], [WEEK]]) == date(2026, 12, 24)


def test_a_year_that_ends_in_tet_is_counted_by_its_working_days():
    # A place that ends with 20/2/2026: 16–20/2 is Tết, the last working day is Friday 13/2.
    period = Period(date(2026, 1, 1), date(2026, 2, 20))
    assert act_by(1, period, NATIONAL, kinds=[[WEEK]]) == date(2026, 2, 6)
    # The made-up Saturday 10/1/2026 is a working day, the swapped Friday 2/1 is none.
    assert act_by(1, Period(date(2026, 1, 1), date(2026, 1, 11)), NATIONAL) == date(2026, 1, 10)
    assert act_by(1, Period(date(2026, 1, 1), date(2026, 1, 4)), NATIONAL) is None


@pytest.mark.parametrize(
    ("held", "planned", "on", "standing"),
    [
        (4, 0, "2026-05-01", Standing.MET),
        (5, 0, "2027-05-01", Standing.MET),
        (1, 3, "2026-05-01", Standing.ON_THE_WAY),
        (1, 3, "2026-12-31", Standing.ON_THE_WAY),
        (1, 3, "2027-01-01", Standing.MISSED),
        (1, 1, "2026-05-01", Standing.ON_THE_WAY),
        # Two missing: 30/12 is the earlier day, announced by Wednesday 23/12; twenty working days before that is 25/11.
        (1, 1, "2026-11-23", Standing.ON_THE_WAY),
        (1, 1, "2026-11-25", Standing.IN_DANGER),
        (1, 1, "2026-12-23", Standing.IN_DANGER),
        (1, 1, "2026-12-24", Standing.LOST),
        (0, 0, "2025-06-01", Standing.ON_THE_WAY),
    ],
)
def test_how_a_quota_of_four_stands(held, planned, on, standing):
    quota = stand(
        4,
        held=held,
        planned=planned,
        period=YEAR,
        calendar=NATIONAL,
        on=date.fromisoformat(on),
        kinds=[[WEEK]],
    )
    assert quota.standing == standing


def test_more_meetings_than_working_days_were_never_to_be_met():
    quota = stand(300, held=0, planned=0, period=YEAR, calendar=NATIONAL, on=date(2026, 1, 1))
    assert (quota.standing, quota.act_by, quota.lost_from) == (Standing.LOST, None, None)


def test_days_of_reception_are_lost_when_fewer_working_days_are_left_than_days_missing():
    def july(day, received=(), planned=0):
        return stand(
            2,
            held=len(received),
            planned=planned,
            period=JULY,
            calendar=NATIONAL,
            on=date(2026, 7, day),
            taken=received,
            danger=MONTH_IN_DANGER,
        )

    # Friday 31 and Thursday 30 July are the last two working days.
    assert july(1).standing == Standing.ON_THE_WAY
    assert july(29).standing == Standing.IN_DANGER
    assert (july(30).standing, july(30).act_by) == (Standing.IN_DANGER, date(2026, 7, 30))
    assert (july(31).standing, july(31).lost_from) == (Standing.LOST, date(2026, 7, 31))
    # Received on the 30th: the 31st is left for the second day, and on the 31st itself it is still possible.
    assert july(31, [date(2026, 7, 30)]).standing == Standing.IN_DANGER
    # Received today already, a second reception today is not a second day.
    assert july(31, [date(2026, 7, 31)]).standing == Standing.LOST
    assert july(31, [date(2026, 7, 2), date(2026, 7, 31)]).standing == Standing.MET
