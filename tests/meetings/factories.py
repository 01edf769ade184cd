"""Meetings for the tests of every app, made with the services as people would."""

from datetime import datetime, timedelta

from deadlines import clock
from meetings.models import Meeting, MeetingState
from meetings.services import (
    announce_meeting,
    cancel_meeting,
    close_meeting,
    hold_meeting,
    mark_concluded,
    mark_published,
    plan_meeting,
    postpone_meeting,
)
from meetings.services.common import local_day


def local(day, hour=8, minute=0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.VIETNAM)


def make_meeting(cast, *, state=MeetingState.PLANNED, day=None, actor=None, **fields) -> Meeting:
    """A meeting of the ward's People's Committee in the given state.

    Without ``day`` it lies 30 days ahead, or 5 days back once it has been held. Other keywords are the attributes of
    ``plan_meeting``; ``state="closed"`` marks it concluded and published without a notice.
    """
    actor = actor or cast.ward_clerk
    is_past = state in {MeetingState.HELD, MeetingState.CLOSED}
    day = day or clock.today() + timedelta(days=-5 if is_past else 30)
    start = fields.pop("planned_start", local(day, 8))
    end = fields.pop("planned_end", start + timedelta(hours=3))
    values = {
        "topic": "Đối thoại về quản lý đất đai và trật tự xây dựng",
        "host_unit": cast.ward_committee,
        "locality": cast.ward,
        "chair": "Đồng chí Trần Văn Chủ Tịch",
        "secretary": "Đồng chí Nguyễn Thị Văn Thư",
        "place": "Hội trường Ủy ban nhân dân phường Hoa Sen",
    } | fields
    meeting = plan_meeting(actor=actor, planned_start=start, planned_end=end, **values)
    if state in {MeetingState.ANNOUNCED, MeetingState.HELD, MeetingState.CLOSED}:
        announced_on = min(clock.today(), local_day(start) - timedelta(days=10))
        announce_meeting(meeting, actor=actor, announced_on=announced_on)
    if state == MeetingState.POSTPONED:
        postpone_meeting(meeting, actor=actor, reason="Mưa bão, đường ngập")
    if state == MeetingState.CANCELLED:
        cancel_meeting(meeting, actor=actor, reason="Đã lồng ghép vào hội nghị tiếp xúc cử tri")
    if is_past:
        hold_meeting(meeting, actor=actor, actual_start=start, actual_end=end)
    if state == MeetingState.CLOSED:
        mark_concluded(meeting, on=meeting.held_on + timedelta(days=2))
        mark_published(meeting, on=meeting.held_on + timedelta(days=3))
        close_meeting(meeting, actor=actor)
    return meeting
