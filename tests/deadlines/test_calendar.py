"""The calendar of a place: holidays, the country's decisions, the place's own."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.errors import ServiceError, StaleVersion
from audit.models import Event
from deadlines import clock
from deadlines.loading import load_calendar
from deadlines.models import CalendarDay, CalendarYear, DayKind
from deadlines.services import (
    add_calendar_day,
    calendar_memo,
    confirm_year,
    edit_calendar_day,
    is_working_day,
    remove_calendar_day,
    working_calendar,
    working_calendars,
    working_days_late,
)
from tests.deadlines.access import make_day

pytestmark = pytest.mark.django_db


def test_the_library_misses_the_swap_of_january_2026_and_the_data_have_it():
    assert is_working_day(date(2026, 1, 2))
    load_calendar()
    assert not is_working_day(date(2026, 1, 2))
    assert is_working_day(date(2026, 1, 10))
    assert "12729/VPCP-KGVX" in working_calendar().reason(date(2026, 1, 2))


def test_loading_the_calendar_twice_changes_nothing_and_keeps_what_was_changed():
    load_calendar()
    CalendarDay.objects.filter(day=date(2026, 1, 2)).update(name="Sửa tay")
    before = list(CalendarDay.objects.values().order_by("pk"))
    assert load_calendar() == 0
    assert list(CalendarDay.objects.values().order_by("pk")) == before
    assert set(CalendarYear.objects.values_list("year", flat=True)) == set(range(2014, 2027))


def test_a_day_holds_in_its_place_and_below_but_not_beside_or_above(cast):
    day = date(2026, 9, 4)
    make_day(cast.ward, day)
    assert not is_working_day(day, locality=cast.ward)
    assert not is_working_day(day, locality=cast.residential_area)
    assert is_working_day(day, locality=cast.sibling_ward)
    assert is_working_day(day, locality=cast.province)
    assert is_working_day(day)


def test_the_nearest_entry_decides(cast):
    day = date(2026, 8, 22)
    make_day(None, day, kind=DayKind.WORKING_DAY, name="Làm bù")
    make_day(cast.province, day, kind=DayKind.DAY_OFF, name="Bão số 5")
    make_day(cast.ward, day, kind=DayKind.WORKING_DAY, name="Phường vẫn làm bù")
    calendars = working_calendars([None, cast.province, cast.ward, cast.sibling_ward])
    assert calendars[""].reason(day) == "Làm bù"
    assert calendars[cast.province.path].reason(day) == f"Bão số 5 (chỉ tại {cast.province.name})"
    assert calendars[cast.sibling_ward.path].reason(day) == f"Bão số 5 (chỉ tại {cast.province.name})"
    assert calendars[cast.ward.path].is_working_day(day)


def test_places_without_days_of_their_own_share_one_calendar(cast):
    make_day(cast.ward)
    calendars = working_calendars([None, cast.province, cast.ward, cast.residential_area, cast.sibling_ward])
    assert calendars[cast.sibling_ward.path] is calendars[cast.province.path] is calendars[""]
    assert calendars[cast.residential_area.path] is calendars[cast.ward.path]
    assert len({id(calendar) for calendar in calendars.values()}) == 2


def test_a_calendar_takes_one_query_and_in_a_request_none_when_asked_again(cast, django_assert_num_queries):
    make_day(cast.ward)
    with django_assert_num_queries(1):
        working_calendars([None, cast.ward, cast.sibling_ward, cast.old_ward])
    with calendar_memo():
        with django_assert_num_queries(1):
            for _ in range(3):
                working_calendar(cast.ward)
        with django_assert_num_queries(2):
            working_calendar()
            working_calendar(cast.sibling_ward)


def test_a_change_shows_at_once_even_within_the_same_request(cast):
    with calendar_memo():
        assert is_working_day(date(2026, 9, 4))
        day = add_calendar_day(actor=None, day=date(2026, 9, 4), kind=DayKind.DAY_OFF, name="Quốc tang")
        assert not is_working_day(date(2026, 9, 4))
        remove_calendar_day(day, actor=cast.system_admin)
        assert is_working_day(date(2026, 9, 4))


@pytest.mark.parametrize(
    ("due_on", "on", "late"),
    [
        (date(2026, 9, 8), date(2026, 9, 8), 0),
        (date(2026, 9, 8), date(2026, 9, 1), 0),
        (date(2026, 9, 8), date(2026, 9, 9), 1),
        (date(2026, 9, 11), date(2026, 9, 14), 1),
        (date(2026, 9, 11), date(2026, 9, 12), 1),  # On the Saturday after, no working day has passed; late is late.
        (date(2026, 8, 28), date(2026, 9, 4), 2),
        (date(2025, 12, 31), date(2026, 12, 31), 249),  # 261 weekdays, 14 of them off, 2 Saturdays worked
    ],
)
def test_lateness_is_counted_in_working_days(due_on, on, late):
    load_calendar()
    assert working_days_late(due_on, on) == late


@pytest.mark.parametrize(
    ("day", "kind", "field"),
    [
        (date(2026, 9, 9), DayKind.WORKING_DAY, "day"),  # a make-up day that is a Wednesday
        (date(2026, 9, 12), DayKind.DAY_OFF, "day"),  # a day off that is a Saturday
        (date(1999, 9, 9), DayKind.DAY_OFF, "day"),
        (date(2026, 9, 4), DayKind.DAY_OFF, "day"),  # there already
    ],
)
def test_a_senseless_day_is_refused_with_a_sentence_and_nothing_changes(cast, day, kind, field):
    make_day(None, date(2026, 9, 4))
    before = CalendarDay.objects.count()
    with pytest.raises(ServiceError) as refusal:
        add_calendar_day(actor=cast.system_admin, day=day, kind=kind, name="Thử")
    assert refusal.value.field == field
    assert CalendarDay.objects.count() == before


def test_a_worked_saturday_can_be_off_in_one_place_and_a_holiday_worked(cast):
    load_calendar()
    add_calendar_day(actor=cast.ward_admin, day=date(2026, 8, 22), kind=DayKind.DAY_OFF, name="Bão", locality=cast.ward)
    add_calendar_day(
        actor=cast.ward_admin, day=date(2026, 9, 2), kind=DayKind.WORKING_DAY, name="Trực", locality=cast.ward
    )
    assert not is_working_day(date(2026, 8, 22), locality=cast.ward)
    assert is_working_day(date(2026, 9, 2), locality=cast.ward)


def test_a_stale_edit_of_a_day_is_refused_with_what_is_saved_now(cast):
    day = make_day(cast.ward)
    edit_calendar_day(day, actor=cast.ward_admin, version=1, name="Bão số 6")
    with pytest.raises(StaleVersion) as refusal:
        edit_calendar_day(day, actor=cast.ward_admin, version=1, name="Bão số 7")
    assert refusal.value.current.name == "Bão số 6"


def test_every_change_of_the_calendar_is_recorded(cast):
    day = add_calendar_day(
        actor=cast.system_admin,
        day=date(2027, 1, 4),
        kind=DayKind.DAY_OFF,
        name="Hoán đổi",
        decision_number="1/TB-BNV",
    )
    edit_calendar_day(day, actor=cast.system_admin, version=1, name="Nghỉ hoán đổi")
    remove_calendar_day(day, actor=cast.system_admin)
    confirm_year(actor=cast.system_admin, year=2027)
    verbs = ["add_calendar_day", "edit_calendar_day", "remove_calendar_day", "confirm_year"]
    events = Event.objects.filter(actor=cast.system_admin).order_by("pk")
    assert [event.verb for event in events] == verbs
    assert "thứ Hai, 04/01/2027 là ngày nghỉ (Hoán đổi theo 1/TB-BNV)" in events[0].sentence
    with pytest.raises(ServiceError):
        confirm_year(actor=cast.system_admin, year=2027)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 8, 20, 23, 30, tzinfo=UTC), date(2026, 8, 21)),
        (datetime(2026, 8, 20, 17, 30, tzinfo=UTC), date(2026, 8, 21)),  # 00:30 in Viet Nam
        (datetime(2026, 8, 20, 16, 59, tzinfo=UTC), date(2026, 8, 20)),
        (datetime(2026, 12, 31, 17, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_today_is_the_day_in_viet_nam(moment, day):
    with time_machine.travel(moment, tick=False):
        assert clock.today() == day
