"""The calendar as it is loaded: the days of each year, the decisions behind them, and what people have changed since."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from audit.models import Event
from deadlines.loading import CHECKED, DAYS_OFF, SWAPS, checked_source, load_calendar
from deadlines.models import CalendarDay, CalendarYear
from deadlines.services import edit_calendar_day, remove_calendar_day, working_calendar
from tests.deadlines import reference

pytestmark = pytest.mark.django_db


def _all() -> list[dict]:
    return [*CalendarDay.objects.values().order_by("pk"), *CalendarYear.objects.values().order_by("pk")]


@pytest.mark.parametrize("year", reference.ANNOUNCED)
def test_the_calendar_of_each_announced_year_is_what_was_announced(year):
    load_calendar()
    calendar, day, differing = working_calendar(), date(year, 1, 1), []
    while day.year == year:
        if calendar.is_day_off(day) != reference.is_off(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []
    assert year in calendar.confirmed_years


def test_the_next_year_stays_provisional():
    load_calendar()
    assert 2027 not in working_calendar().confirmed_years


@pytest.mark.parametrize(
    ("off", "worked", "decision", "decided_on"),
    [
        ("2018-12-31", "2019-01-05", "6519/VPCP-KGVX", "2018-07-11"),
        ("2019-04-29", "2019-05-04", "6519/VPCP-KGVX", "2018-07-11"),
        ("2024-04-29", "2024-05-04", "2450/VPCP-KGVX", "2024-04-12"),
        ("2025-05-02", "2025-04-26", "6150/TB-BLĐTBXH", "2024-12-03"),
        ("2026-01-02", "2026-01-10", "12729/VPCP-KGVX", "2025-12-25"),
        ("2026-08-31", "2026-08-22", "9441/TB-BNV", "2025-10-16"),
        # Known from the press alone: no number, rather than one that nobody has read.
        ("2014-01-28", "2014-01-25", "", None),
        ("2014-01-29", "2014-02-08", "", None),
    ],
)
def test_each_swap_stands_with_its_decision(off, worked, decision, decided_on):
    load_calendar()
    rows = {f"{one.day}": one for one in CalendarDay.objects.all()}
    for day in (off, worked):
        assert rows[day].decision_number == decision
        assert rows[day].decision_date == (decided_on and date.fromisoformat(decided_on))
    assert working_calendar().is_day_off(date.fromisoformat(off))
    assert working_calendar().is_working_day(date.fromisoformat(worked))


def test_every_swap_gives_a_weekday_for_a_weekend_day_and_a_date_never_stands_without_its_number():
    for swap in SWAPS:
        assert swap.off.weekday() < 5 <= swap.worked.weekday()
        assert abs((swap.worked - swap.off).days) <= 14
    for entry in (*SWAPS, *DAYS_OFF):
        assert entry.decision or entry.decided_on is None
    assert list(CHECKED) == list(reference.ANNOUNCED)
    assert all(len(checked_source(year)) <= 400 for year in CHECKED)


def test_loading_again_changes_nothing():
    call_command("load_calendar", stdout=StringIO())
    before, events = _all(), Event.objects.count()
    out = StringIO()
    call_command("load_calendar", stdout=out)
    assert (_all(), Event.objects.count()) == (before, events)
    assert "0" in out.getvalue()


def test_a_row_of_an_earlier_version_gets_the_date_of_its_decision():
    load_calendar()
    CalendarDay.objects.filter(day=date(2026, 1, 2)).update(decision_date=None, version=1)
    assert load_calendar() == 1
    row = CalendarDay.objects.get(day=date(2026, 1, 2))
    assert row.decision_date == date(2025, 12, 25)
    assert Event.objects.of(row).filter(verb="edit_calendar_day", actor=None).count() == 1
    assert load_calendar() == 0


@pytest.mark.parametrize(
    "change", [{"name": "Nghỉ thêm"}, {"decision_number": "01/TB"}, {"kind": "working_day"}, {"version": 2}]
)
def test_a_row_that_somebody_changed_is_left_as_it_is(change):
    load_calendar()
    CalendarDay.objects.filter(day=date(2026, 1, 2)).update(**{"decision_date": None, "version": 1} | change)
    before = _all()
    assert load_calendar() == 0
    assert _all() == before


def test_a_day_that_an_administrator_took_out_or_moved_does_not_come_back(cast):
    load_calendar()
    remove_calendar_day(CalendarDay.objects.get(day=date(2024, 4, 29)), actor=cast.system_admin)
    moved = CalendarDay.objects.get(day=date(2026, 1, 10))
    edit_calendar_day(moved, actor=cast.system_admin, version=moved.version, day=date(2026, 1, 17))
    assert load_calendar() == 0
    assert not CalendarDay.objects.filter(day__in=[date(2024, 4, 29), date(2026, 1, 10)]).exists()


def test_a_day_of_a_place_is_not_taken_for_one_of_the_country(cast):
    CalendarDay.objects.create(day=date(2026, 1, 2), kind="day_off", name="Lễ hội", locality=cast.ward)
    load_calendar()
    assert CalendarDay.objects.filter(day=date(2026, 1, 2)).count() == 2


def test_a_confirmation_of_an_earlier_version_gets_its_source_and_that_of_a_person_keeps_its_own(cast):
    load_calendar()
    old = "Bộ luật Lao động; các thông báo nghỉ lễ, Tết và hoán đổi ngày làm việc đã công bố"
    CalendarYear.objects.filter(year=2019).update(source=old)
    CalendarYear.objects.filter(year=2020).update(source=old, confirmed_by=cast.system_admin)
    assert load_calendar() == 1
    assert "6519/VPCP-KGVX ngày 11/7/2018" in CalendarYear.objects.get(year=2019).source
    assert CalendarYear.objects.get(year=2020).source == old
