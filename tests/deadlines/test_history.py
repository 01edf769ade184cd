"""A deadline's history reads from its first date to the last move."""

from datetime import date, datetime

import pytest
from django.template.loader import render_to_string

from deadlines import clock
from deadlines.history import Entry, first_date, in_order, of_moves, on_day
from deadlines.models import Change, ChangeKind, MoveCause, Obligation
from deadlines.services import moves_of, record_move
from tests.meetings.factories import make_meeting


def _move(meeting, actor, cause, before, after, **rest):
    return record_move(
        target=meeting,
        obligation=Obligation.CONCLUSION_NOTICE,
        due_on_before=before,
        due_on_after=after,
        cause=cause,
        actor=actor,
        **rest,
    )


def test_each_move_says_from_where_to_where_why_and_by_whom(cast):
    meeting = make_meeting(cast, state="held")
    change = Change.objects.create(kind=ChangeKind.CALENDAR, title="Nghỉ bão số 9", proposed_by=cast.system_admin)
    before, after = date(2026, 9, 10), date(2026, 9, 11)
    _move(meeting, cast.system_admin, MoveCause.CALENDAR, before, after, change=change)
    _move(meeting, None, MoveCause.EXTENSION, after, date(2026, 9, 18), reason="Chờ ý kiến cấp trên")
    entries = of_moves(moves_of(meeting))
    assert [entry.sentence.count("11/09/2026") for entry in entries] == [1, 1]
    assert "10/09/2026" in entries[0].sentence
    assert (entries[0].who, entries[0].change_title) == (cast.system_admin.full_name, "Nghỉ bão số 9")
    assert (entries[1].who, entries[1].reason) == ("", "Chờ ý kiến cấp trên")
    assert len(of_moves(moves_of(meeting), leave_out=[MoveCause.EXTENSION])) == 1


def test_a_clock_stopped_and_started_on_one_day_says_that_the_date_stays(cast):
    meeting = make_meeting(cast, state="held")
    day = date(2026, 9, 10)
    _move(meeting, cast.ward_clerk, MoveCause.PAUSE, day, day)
    [entry] = of_moves(moves_of(meeting))
    assert entry.sentence.count("10/09/2026") == 1


def test_the_history_is_told_from_the_oldest_to_the_newest():
    late = Entry(datetime(2026, 9, 10, 9, tzinfo=clock.VIETNAM), "sau")
    first = first_date(at=date(2026, 9, 10), due_on=date(2026, 9, 24), law="Điều 5 01-QC/TU")
    assert [entry.reason or entry.sentence for entry in in_order([late], [first])] == ["Điều 5 01-QC/TU", "sau"]
    assert (first.day, first.has_time) == (date(2026, 9, 10), False)


@pytest.mark.django_db
def test_the_component_escapes_what_people_typed_and_shows_no_hour_that_nobody_knows():
    entry = on_day(date(2026, 9, 10), "Thời hạn", reason="<script>alert(1)</script>", who="Trần Văn Chủ Tịch")
    html = render_to_string("deadlines/_history.html", {"entries": [entry]})
    assert "<script>" not in html
    assert "00:00" not in html
    assert "10/09/2026" in html
    assert "Trần Văn Chủ Tịch" in html
