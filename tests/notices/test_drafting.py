"""The draft made from the record in one click, and the saving of what people write in it."""

import pytest

from accounts.errors import ServiceError, StaleVersion
from accounts.policies import Refused
from audit.models import Event
from feedback.models import Category
from feedback.services import answer_on_the_spot, transfer_opinion
from meetings.models import Meeting, MeetingState
from meetings.services import record_attendance
from notices.models import Notice, NoticeState
from notices.services import approve_notice, draft_notice, publish_notice, return_notice, save_draft, submit_notice
from tests.feedback.factories import make_assignment, make_field, make_opinion
from tests.meetings.factories import make_meeting
from tests.notices.factories import make_notice, many_conclusions, many_tasks


@pytest.fixture
def meeting(cast):
    meeting = make_meeting(cast, state=MeetingState.HELD, topic="Đối thoại về quản lý đất đai và trật tự xây dựng")
    record_attendance(meeting, actor=cast.ward_clerk, numbers={"residents": 1000, "women": 78})
    return meeting


def text_of(notice: Notice) -> str:
    parts = [notice.subject, notice.opening, notice.assessment, notice.closing, notice.recipients]
    parts += [c.text for c in notice.conclusions.all()]
    parts += [t.task for t in notice.tasks.all()]
    return "\n".join(parts)


def test_the_opening_says_which_meeting_when_where_who_and_how_many(cast, meeting):
    make_opinion(cast, meeting)
    notice = draft_notice(meeting, actor=cast.ward_clerk)
    day = meeting.held_on
    assert f"gày {day.day:02d} tháng" in notice.opening
    assert "tại Hội trường Ủy ban nhân dân phường Hoa Sen" in notice.opening
    assert "Ủy ban nhân dân phường Hoa Sen tổ chức Hội nghị đối thoại về quản lý đất đai" in notice.opening
    assert "Đồng chí Trần Văn Chủ Tịch chủ trì" in notice.opening
    assert "1.078 đại biểu" in notice.opening
    assert "1 lượt phát biểu, với tổng số 1 ý kiến" in notice.opening
    assert notice.subject.startswith("Kết luận Hội nghị đối thoại về quản lý đất đai")


def test_opinions_stand_under_their_top_field_with_the_answers_given(cast, meeting):
    land = make_field("Đất đai")
    papers = make_field("Giấy chứng nhận quyền sử dụng đất", parent=land)
    order = make_field("An ninh trật tự")
    answered = make_opinion(cast, meeting, field=papers, text="Đề nghị cấp giấy chứng nhận cho 12 hộ.")
    answer_on_the_spot(answered, actor=cast.ward_clerk, answer="Sẽ cấp trong tháng 9.", answered_by="Ông Cán Bộ")
    make_opinion(cast, meeting, field=land, text="Đề nghị công khai quy hoạch.")
    make_opinion(cast, meeting, field=order, text="Đề nghị tăng tuần tra ban đêm.")
    notice = draft_notice(meeting, actor=cast.ward_clerk)
    conclusions = {c.field.name: c.text for c in notice.conclusions.select_related("field")}
    assert set(conclusions) == {"Đất đai", "An ninh trật tự"}
    assert conclusions["Đất đai"].startswith("Có 2 ý kiến, kiến nghị, trong đó có 1 ý kiến đã được trả lời")
    assert "Sẽ cấp trong tháng 9" in conclusions["Đất đai"]
    assert "1 ý kiến được tiếp thu" in conclusions["An ninh trật tự"]


def test_assignments_become_the_table_of_tasks(cast, meeting):
    opinion = make_opinion(cast, meeting)
    assignment = make_assignment(cast, opinion, coordinating_departments=[cast.ward_culture])
    notice = draft_notice(meeting, actor=cast.ward_clerk)
    [task] = notice.tasks.all()
    assert task.assignment == assignment
    assert task.lead_department == cast.ward_economy.name
    assert task.coordinating_departments == cast.ward_culture.name
    assert task.due_on == assignment.due_on
    assert f"{cast.ward_economy.name} (để thực hiện)" in notice.recipients


def test_complaints_and_denunciations_never_stand_in_a_notice(cast, meeting):
    complaint = make_opinion(cast, meeting, category=Category.COMPLAINT, text="Khiếu nại quyết định thu hồi đất số 12.")
    make_opinion(cast, meeting, category=Category.DENUNCIATION, text="Tố cáo ông X nhận tiền.")
    transfer_opinion(complaint, actor=cast.ward_clerk, transferred_to="Thanh tra tỉnh", reason="Luật Khiếu nại")
    make_opinion(cast, meeting, text="Đề nghị làm vỉa hè.")
    text = text_of(draft_notice(meeting, actor=cast.ward_clerk))
    assert "thu hồi" not in text
    assert "Tố cáo" not in text
    assert "Thanh tra" not in text
    assert "tổng số 1 ý kiến" in text


@pytest.mark.parametrize("consent", [None, False, True])
def test_no_personal_data_enters_without_consent(cast, meeting, consent):
    make_opinion(
        cast,
        meeting,
        speaker="Nguyễn Văn Dân",
        phone="0912345678",
        address="Số 5 đường Hoa Sen",
        consents_to_publication=consent,
        text="Tôi là Nguyễn Văn Dân, ở Số 5 đường Hoa Sen, điện thoại 0912 345 678, CCCD 001099000123, "
        "thư dan@example.vn: đề nghị sửa đường.",
    )
    text = text_of(draft_notice(meeting, actor=cast.ward_clerk))
    for private in ("0912", "345 678", "001099000123", "dan@example.vn", "Số 5 đường Hoa Sen"):
        assert private not in text
    assert ("Nguyễn Văn Dân" in text) is (consent is True)
    assert "đề nghị sửa đường" in text


def test_a_second_click_finds_the_draft_that_exists(cast, meeting):
    first = draft_notice(meeting, actor=cast.ward_clerk)
    assert draft_notice(meeting, actor=cast.ward_leader) == first
    assert Event.objects.filter(verb="draft_notice").count() == 1


def test_a_meeting_that_was_not_held_has_no_notice(cast):
    with pytest.raises(ServiceError):
        draft_notice(make_meeting(cast), actor=cast.ward_clerk)


def test_a_closed_meeting_gets_no_notice_any_more(cast):
    with pytest.raises(ServiceError):
        draft_notice(make_meeting(cast, state=MeetingState.CLOSED), actor=cast.ward_clerk)


@pytest.mark.parametrize("person", ["department_officer", "sibling_clerk", "front_supervisor", "ward_admin"])
def test_only_the_host_units_clerk_or_leader_drafts(cast, meeting, person):
    with pytest.raises(Refused):
        draft_notice(meeting, actor=cast.people[person])


def test_the_head_signs_for_the_peoples_committee_and_a_deputy_for_the_head(cast, meeting):
    cast.ward_leader.position = "Phó Chủ tịch"
    cast.ward_leader.save()
    notice = draft_notice(meeting, actor=cast.ward_clerk)
    assert notice.signing_authority == "TM. ỦY BAN NHÂN DÂN / KT. CHỦ TỊCH"
    assert notice.signer_title == "Phó chủ tịch"
    assert notice.signer_name == "Trần Văn Chủ Tịch"


def test_a_party_notice_has_the_partys_signature_and_recipients(cast):
    meeting = make_meeting(cast, state=MeetingState.HELD, host_unit=cast.ward_party)
    notice = draft_notice(meeting, actor=cast.ward_clerk)
    assert (notice.regime, notice.signing_authority, notice.signer_title) == ("party", "T/M BAN THƯỜNG VỤ", "Bí thư")
    assert notice.recipients.endswith("Lưu Văn phòng Đảng ủy phường Hoa Sen")


def test_drafting_asks_a_bounded_number_of_questions(cast, meeting, django_assert_max_num_queries):
    for number in range(15):
        make_assignment(cast, make_opinion(cast, meeting, text=f"Đề nghị thứ {number}"))
    with django_assert_max_num_queries(30):
        draft_notice(meeting, actor=cast.ward_clerk)


def test_saving_replaces_conclusions_and_tasks_in_their_order(cast):
    notice = make_notice(cast, conclusions=many_conclusions(3), tasks=many_tasks(2))
    assert [c.text for c in notice.conclusions.all()] == [f"Tiếp thu ý kiến của Nhân dân. ({n})" for n in (1, 2, 3)]
    assert [t.position for t in notice.tasks.all()] == [1, 2]
    assert notice.version == 2


def test_who_saves_second_is_told_and_nothing_is_overwritten(cast):
    notice = make_notice(cast)
    save_draft(notice, actor=cast.ward_leader, version=1, opening="Bản của lãnh đạo")
    with pytest.raises(StaleVersion) as stale:
        save_draft(notice, actor=cast.ward_clerk, version=1, opening="Bản của văn thư")
    assert stale.value.current.opening == "Bản của lãnh đạo"
    assert Notice.objects.get().opening == "Bản của lãnh đạo"


def test_a_task_of_another_meetings_assignment_is_refused(cast):
    notice = make_notice(cast)
    foreign = make_assignment(cast, make_opinion(cast, make_meeting(cast, state=MeetingState.HELD)))
    task = {"task": "x", "lead_department": "y", "assignment": foreign}
    with pytest.raises(ServiceError):
        save_draft(notice, actor=cast.ward_clerk, version=notice.version, tasks=[task])


@pytest.mark.parametrize("state", [NoticeState.SUBMITTED, NoticeState.APPROVED, NoticeState.ISSUED])
def test_what_was_submitted_is_not_edited(cast, state):
    notice = make_notice(cast, state)
    with pytest.raises(ServiceError):
        save_draft(notice, actor=cast.ward_clerk, version=notice.version, opening="khác")


@pytest.mark.parametrize("field", ["subject", "opening", "closing", "recipients", "place", "signer_name"])
def test_an_incomplete_draft_is_not_submitted(cast, field):
    notice = make_notice(cast, **{field: ""})
    with pytest.raises(ServiceError):
        submit_notice(notice, actor=cast.ward_clerk)


def test_the_leader_returns_with_a_remark_and_the_clerk_submits_again(cast):
    notice = make_notice(cast, NoticeState.RETURNED)
    assert notice.remarks.get().text == "Bổ sung thời hạn cho nhiệm vụ thứ hai."
    submit_notice(notice, actor=cast.ward_clerk)
    approve_notice(notice, actor=cast.ward_leader)
    return_notice(notice, actor=cast.ward_leader, remark="Sửa nơi nhận.")
    assert (notice.state, notice.approved_by) == (NoticeState.RETURNED, None)


def test_a_remark_is_demanded(cast):
    with pytest.raises(ServiceError):
        return_notice(make_notice(cast, NoticeState.SUBMITTED), actor=cast.ward_leader, remark="  ")


def test_the_clerk_does_not_approve(cast):
    with pytest.raises(Refused):
        approve_notice(make_notice(cast, NoticeState.SUBMITTED), actor=cast.ward_clerk)


def test_a_draft_is_not_approved_before_it_is_submitted(cast):
    with pytest.raises(ServiceError):
        approve_notice(make_notice(cast), actor=cast.ward_leader)


def test_publishing_on_the_portal_publishes_the_meeting_too(cast):
    notice = make_notice(cast, NoticeState.PUBLISHED)
    assert notice.published_at is not None
    assert Meeting.objects.get().published_on == notice.publications.get().on


def test_other_channels_stand_in_the_ledger_without_making_it_public(cast):
    notice = make_notice(cast, NoticeState.ISSUED)
    publish_notice(notice, actor=cast.ward_clerk, channel="headquarters", note="Bảng tin trụ sở")
    assert notice.state == NoticeState.ISSUED
    with pytest.raises(ServiceError):
        publish_notice(notice, actor=cast.ward_clerk, channel="headquarters")


def test_a_second_publication_on_the_portal_is_refused(cast):
    with pytest.raises(ServiceError):
        publish_notice(make_notice(cast, NoticeState.PUBLISHED), actor=cast.ward_clerk)


def test_nothing_is_published_before_it_is_issued(cast):
    with pytest.raises(ServiceError):
        publish_notice(make_notice(cast, NoticeState.APPROVED), actor=cast.ward_leader)
