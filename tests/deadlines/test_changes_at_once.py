"""A change that is applied while somebody starts the clock of a deadline: on real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event

import pytest
import time_machine
from django.db import connection, transaction

from deadlines.models import ChangeKind
from deadlines.services import (
    apply_change,
    calendar_memo,
    deadlines_for,
    propose_change,
    recompute_change,
    working_calendar,
)
from feedback.models import Assignment
from feedback.services import reply_deadline
from meetings.models import Meeting
from meetings.services import hold_meeting
from tests.cast import make_cast
from tests.deadlines.access import make_regulation, make_rule
from tests.deadlines.test_changes import NOW, SWAP
from tests.feedback.factories import make_assignment, make_held_meeting, make_opinion
from tests.meetings.factories import local, make_meeting

pytestmark = pytest.mark.django_db(transaction=True)
HELD = date(2027, 1, 29)


@pytest.fixture(autouse=True)
def _before_tet():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast():
    cast = make_cast()
    make_rule(make_regulation(cast.province, "935-QĐ/TU"))
    return cast


def proposed(cast):
    return propose_change(
        kind=ChangeKind.CALENDAR, operations=[SWAP], title="Nghỉ", locality=None, proposed_by=cast.system_admin
    )


def applied(cast, change) -> None:
    apply_change(change, actor=cast.system_admin)
    recompute_change(change.pk)


def hold(cast, meeting):
    start = local(HELD)
    hold_meeting(meeting, actor=cast.ward_clerk, actual_start=start, actual_end=start + timedelta(hours=2))


def assign(cast, opinion):
    make_assignment(cast, opinion)


def meanwhile(cast, change, act) -> None:
    """The change is applied while the transaction of the act is still open."""
    has_acted = Event()

    def apply():
        try:
            has_acted.wait(10)
            applied(cast, change)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            act()
            applying = pool.submit(apply)
            has_acted.set()
            with pytest.raises(TimeoutError):
                applying.result(timeout=1.5)
        applying.result(timeout=20)


def by_the_rules(meeting) -> date:
    limits = deadlines_for(
        locality=meeting.locality,
        level=meeting.level,
        meeting_type=meeting.meeting_type,
        obligation="conclusion_notice",
        counted_from=HELD,
    )
    return limits[0].due_on


def test_a_meeting_that_is_just_being_held_is_moved_as_well(cast):
    meeting, change = make_meeting(cast, day=HELD), proposed(cast)
    meanwhile(cast, change, lambda: hold(cast, meeting))
    kept = Meeting.objects.get()
    assert kept.conclusion_due_on == kept.deadlines.get().due_on == by_the_rules(kept)


def test_a_matter_that_is_just_being_assigned_is_moved_as_well(cast):
    opinion, change = make_opinion(cast, make_held_meeting(cast)), proposed(cast)
    meanwhile(cast, change, lambda: assign(cast, opinion))
    kept = Assignment.objects.get()
    assert kept.due_on == reply_deadline(opinion.meeting, counted_from=date(2027, 2, 1)).due_on


def test_a_page_that_read_the_calendar_before_the_change_counts_by_the_one_after_it(cast):
    meeting, change = make_meeting(cast, day=HELD), proposed(cast)
    with calendar_memo():
        working_calendar(meeting.locality)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: (applied(cast, change), connection.close())).result(timeout=20)
        hold(cast, meeting)
    assert Meeting.objects.get().conclusion_due_on == by_the_rules(meeting)
