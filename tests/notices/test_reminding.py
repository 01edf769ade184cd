"""Reminders of notices: before, on and after the due day, each once, and none lost."""

from datetime import date, timedelta

import pytest

from deadlines.models import Reminder, ReminderKind
from meetings.models import Meeting, MeetingState
from notices.models import NoticeState
from notices.services import reminding
from notices.services.reminding import remind_of_due_notices
from notices.tasks import remind_of_notices
from tests.meetings.factories import make_meeting
from tests.notices.factories import make_notice

# A plain stretch of weeks without holidays: Friday 12 June 2026 is the due day.
HELD, DUE = date(2026, 5, 29), date(2026, 6, 12)


@pytest.fixture
def meeting(cast):
    meeting = make_meeting(cast, state=MeetingState.HELD, day=HELD)
    Meeting.objects.update(conclusion_due_on=DUE)
    return meeting


def told(**wanted):
    rows = Reminder.objects.filter(**wanted).order_by("for_day", "pk")
    return [(row.for_day, row.recipient.username, row.kind) for row in rows.select_related("recipient")]


def run_every_day(first: date, last: date):
    day = first
    while day <= last:
        remind_of_due_notices(today=day)
        day += timedelta(days=1)


def test_clerk_and_leader_hear_three_and_one_working_days_before_and_on_the_due_day(cast, meeting):
    run_every_day(HELD, DUE)
    days = [date(2026, 6, 9), date(2026, 6, 11), DUE]
    due = ReminderKind.NOTICE_DUE
    assert told() == [(day, name, due) for day in days for name in ("vanthu", "chutich")]


def test_from_the_day_after_it_is_daily_on_working_days_and_goes_to_the_superior_leader(cast, meeting):
    run_every_day(DUE + timedelta(days=1), date(2026, 6, 16))
    late = [date(2026, 6, 15), date(2026, 6, 16)]
    assert told(kind=ReminderKind.NOTICE_ESCALATED) == [(d, "chutichtinh", ReminderKind.NOTICE_ESCALATED) for d in late]
    assert [row[:2] for row in told(kind=ReminderKind.NOTICE_LATE)] == [
        (day, name) for day in late for name in ("vanthu", "chutich")
    ]
    assert "2 ngày làm việc" in Reminder.objects.filter(kind=ReminderKind.NOTICE_LATE).latest("for_day").subject


def test_however_often_it_runs_each_is_written_once(cast, meeting):
    for _run in range(3):
        remind_of_due_notices(today=DUE)
    assert Reminder.objects.count() == len(set(told())) == 6


def test_missed_days_are_made_up(cast, meeting):
    remind_of_due_notices(today=date(2026, 6, 17))
    made_up = told()
    Reminder.objects.all().delete()
    run_every_day(HELD, date(2026, 6, 17))
    assert made_up == told()


def test_killed_in_the_middle_and_run_again_it_loses_none(cast, monkeypatch):
    for _number in range(7):
        make_meeting(cast, state=MeetingState.HELD, day=HELD)
    Meeting.objects.update(conclusion_due_on=DUE)
    write, lots = reminding.write_planned, []

    def dying(rows):
        if len(lots) == 2:
            raise SystemExit("killed")
        lots.append(rows)
        write(rows)

    monkeypatch.setattr(reminding, "write_planned", dying)
    with pytest.raises(SystemExit):
        remind_of_due_notices(today=DUE, chunk=2)
    assert 0 < Reminder.objects.count() < 7 * 6
    monkeypatch.undo()
    remind_of_due_notices(today=DUE, chunk=2)
    assert Reminder.objects.count() == 7 * 6


def test_an_issued_notice_is_not_reminded_of(cast, meeting):
    make_notice(cast, NoticeState.ISSUED, meeting=meeting)
    Reminder.objects.all().delete()
    assert remind_of_due_notices(today=date(2026, 6, 17)) == 0


def test_the_number_of_queries_does_not_grow_with_the_meetings(cast, django_assert_max_num_queries):
    for _number in range(12):
        make_meeting(cast, state=MeetingState.HELD, day=HELD)
    Meeting.objects.update(conclusion_due_on=DUE)
    with django_assert_max_num_queries(8):
        remind_of_due_notices(today=DUE)


def test_the_task_says_how_many_there_should_be(cast):
    assert remind_of_notices() == 0
