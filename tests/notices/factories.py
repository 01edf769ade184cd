"""Notices for the tests of every app, made with the services as people would."""

from datetime import date, timedelta

from deadlines import clock
from deadlines.counting import WORKING_DAYS, count
from deadlines.models import Obligation
from deadlines.services import working_calendar
from meetings.models import DeadlineSnapshot, Field, MeetingState
from notices.models import Notice, NoticeState
from notices.services import (
    approve_notice,
    draft_notice,
    issue_notice,
    publish_notice,
    request_notice_extension,
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


def bind(meeting, *, number: int = 10, unit: str = WORKING_DAYS, extension_days: int | None = 5, law="", rule=None):
    """One rule binds the conclusion notice of the held meeting, as if it had been in force on the day."""
    answer = count(meeting.held_on, number, unit, working_calendar(meeting.locality))
    snapshot = DeadlineSnapshot.objects.create(
        meeting=meeting,
        obligation=Obligation.CONCLUSION_NOTICE,
        rule=rule,
        law=law or f"Điều {number} Quy chế 01-QC/TU",
        number=number,
        unit=unit,
        counted_from=meeting.held_on,
        due_on=answer.due_on,
        working_out=answer.as_json(),
        extension_days=extension_days,
    )
    snapshots = meeting.deadlines.filter(obligation=Obligation.CONCLUSION_NOTICE)
    meeting.conclusion_due_on = min(one.due_on for one in snapshots)
    meeting.save(update_fields=["conclusion_due_on"])
    return snapshot


def make_late_meeting(cast, *, days: int = 3, **fields):
    """Held, without a notice, whose deadline passed so many working days ago (or a little longer)."""
    meeting = make_meeting(cast, state=MeetingState.HELD, day=clock.today() - timedelta(days=60), **fields)
    due_on, calendar = clock.today(), working_calendar(meeting.locality)
    for _day in range(days):
        due_on = calendar.last_working_day(due_on - timedelta(days=1))
    meeting.conclusion_due_on = due_on
    meeting.save(update_fields=["conclusion_due_on"])
    return meeting


def ask_for_time(cast, meeting, *, days: int = 2, actor=None):
    """The host's clerk asks for so many working days more."""
    asked_until = working_day(meeting, days, after=meeting.conclusion_due_on)
    return request_notice_extension(
        meeting, actor=actor or cast.ward_clerk, asked_until=asked_until, reason="Chờ số liệu đo đạc"
    )


def working_day(meeting, number: int, *, after: date | None = None) -> date:
    """The so-many-th working day after the meeting, or after the day given."""
    return count(after or meeting.held_on, number, WORKING_DAYS, working_calendar(meeting.locality)).due_on


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
