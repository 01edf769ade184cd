"""The worked examples that everybody relies on, and real cases of each kind."""

from datetime import date

import pytest

from deadlines.counting import Calendar, Count, CountError, count, count_back, working_days_between
from deadlines.services import deadlines_for, is_working_day, remind, working_calendar, working_days_late

pytestmark = pytest.mark.django_db


def test_ten_working_days_from_21_august_2026_end_on_8_september():
    assert count(date(2026, 8, 21), 10, "working_days", working_calendar()).due_on == date(2026, 9, 8)


def test_ten_calendar_days_from_21_august_2026_end_on_3_september():
    assert count(date(2026, 8, 21), 10, "calendar_days", working_calendar()).due_on == date(2026, 9, 3)
