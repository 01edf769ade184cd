"""Notices for the tests of every app, made with the services as people would."""

from datetime import date, timedelta

from deadlines import clock
from meetings.models import Field, MeetingState
from notices.models import Notice, NoticeState
from notices.services import (
    approve_notice,
    draft_notice,
    issue_notice,
    publish_notice,
    return_notice,
    save_draft,
    submit_notice,
)
from tests.meetings.factories import make_meeting

LAND, TRAFFIC = "Đất đai, quy hoạch", "Hạ tầng, giao thông"


def make_field(name: str = LAND, **values) -> Field:
    return Field.objects.get_or_create(name=name, defaults=values)[0]


def make_notice(cast, state=NoticeState.DRAFT, *, meeting=None, issued_on: date | None = None, **fields) -> Notice:
    """A notice of the ward's People's Committee in the given state; keywords replace texts of the draft."""
    meeting = meeting or make_meeting(cast, state=MeetingState.HELD)
    leader = cast.party_leader if meeting.host_unit_id == cast.ward_party.pk else cast.ward_leader
    notice = draft_notice(meeting, actor=cast.ward_clerk)
    if fields:
        save_draft(notice, actor=cast.ward_clerk, version=notice.version, **fields)
    if state == NoticeState.DRAFT:
        return notice
    submit_notice(notice, actor=cast.ward_clerk)
    if state == NoticeState.RETURNED:
        return return_notice(notice, actor=leader, remark="Bổ sung thời hạn cho nhiệm vụ thứ hai.")
    if state == NoticeState.SUBMITTED:
        return notice
    approve_notice(notice, actor=leader)
    if state in {NoticeState.ISSUED, NoticeState.PUBLISHED}:
        issue_notice(notice, actor=leader, issued_on=issued_on)
    if state == NoticeState.PUBLISHED:
        publish_notice(notice, actor=cast.ward_clerk, on=issued_on)
    return notice


def many_conclusions(number: int, text: str = "Tiếp thu ý kiến của Nhân dân.") -> list[dict]:
    field = make_field()
    return [{"field": field, "text": f"{text} ({index})"} for index in range(1, number + 1)]


def many_tasks(number: int) -> list[dict]:
    today = clock.today()
    return [
        {
            "task": f"Nhiệm vụ thứ {index}: kiểm tra, khắc phục tình trạng ngập úng tại hẻm {index}, báo cáo kết quả.",
            "lead_department": "Phòng Kinh tế, Hạ tầng và Đô thị",
            "coordinating_departments": "Phòng Văn hóa - Xã hội; Công an phường",
            "due_on": today + timedelta(days=index),
        }
        for index in range(1, number + 1)
    ]
