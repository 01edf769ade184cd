"""A change of the calendar was applied and no worker has moved the deadlines yet: what ends now is judged by it all the same."""

from datetime import date

import pytest
import time_machine

from deadlines.models import ChangeKind, DayKind, Move
from deadlines.services import apply_change, propose_change, recompute_change
from feedback.models import Assignment
from feedback.services import reply_to_assignment
from meetings.models import Meeting, MeetingState
from notices.models import NoticeState
from notices.services import issue_notice
from tests.deadlines.access import make_regulation, make_rule
from tests.feedback.factories import make_assignment, make_opinion, make_reply_rule
from tests.meetings.factories import make_meeting
from tests.notices.factories import make_notice

pytestmark = pytest.mark.django_db

# Ten working days from Friday 29 May 2026 end on Friday 12 June; the storm makes it Monday the 15th.
HELD, DUE, MOVED = date(2026, 5, 29), date(2026, 6, 12), date(2026, 6, 15)


@pytest.fixture
def meeting(cast):
    make_rule(make_regulation(cast.province, "935-QĐ/TU"))
    make_reply_rule(cast)
    with time_machine.travel("2026-05-29 10:00+00:00", tick=False):
        return make_meeting(cast, state=MeetingState.HELD, day=HELD)


def storm(cast, place):
    with time_machine.travel("2026-06-12 01:00+00:00", tick=False):
        operation = {"op": "add_day", "day": "2026-06-10", "kind": DayKind.DAY_OFF, "name": "Bão", "locality": place.pk}
        change = propose_change(
            kind=ChangeKind.CALENDAR, operations=[operation], locality=place, proposed_by=cast.system_admin
        )
        return apply_change(change, actor=cast.system_admin)


@pytest.mark.parametrize(("is_here", "due_on", "days_late"), [(True, MOVED, 0), (False, DUE, 1)])
def test_a_notice_issued_before_the_worker_came_is_on_time(cast, meeting, is_here, due_on, days_late):
    assert meeting.conclusion_due_on == DUE
    notice = make_notice(cast, NoticeState.APPROVED, meeting=meeting)
    change = storm(cast, cast.ward if is_here else cast.sibling_ward)
    with time_machine.travel("2026-06-15 03:00+00:00", tick=False):
        issue_notice(notice, actor=cast.ward_leader)
    assert (notice.due_on, notice.days_late) == (due_on, days_late)
    assert Move.objects.filter(change=change).count() == is_here
    assert recompute_change(change.pk)
    kept = Meeting.objects.get()
    assert (kept.conclusion_due_on, kept.conclusion_days_late) == (due_on, days_late)
    assert Move.objects.filter(change=change).count() == is_here


def test_a_reply_sent_before_the_worker_came_is_on_time(cast, meeting):
    with time_machine.travel("2026-05-29 10:00+00:00", tick=False):
        assignment = make_assignment(cast, make_opinion(cast, meeting))
    assert assignment.due_on == DUE
    change = storm(cast, cast.ward)
    with time_machine.travel("2026-06-15 03:00+00:00", tick=False):
        reply_to_assignment(assignment, actor=cast.department_officer, text="Đã sửa xong.", resolution="done")
    assert recompute_change(change.pk)
    assert Assignment.objects.get().due_on == MOVED
