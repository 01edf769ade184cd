"""From the assignment to the accepted reply, with every way back."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.errors import ServiceError
from audit.models import Event
from deadlines import clock
from deadlines.models import Obligation, Quantity, Regulation, Reminder, Rule
from feedback.models import AssignmentState, FieldDepartment, OpinionState, Verdict
from feedback.services import (
    accept_assignment,
    accept_reply,
    assign_opinion,
    comment_as_supervisor,
    decide_extension,
    map_field,
    note_progress,
    open_personal_data,
    propose_department,
    reply_deadline,
    reply_to_assignment,
    request_extension,
    return_assignment,
    send_back_reply,
    transfer_opinion,
    withdraw_assignment,
)
from tests.feedback.factories import later_day, make_assignment, make_field, make_held_meeting, make_opinion


def _rule(cast, obligation, number, unit=Quantity.WORKING_DAYS):
    regulation, _created = Regulation.objects.get_or_create(
        number="01-QC/TU",
        jurisdiction=cast.province,
        defaults={"title": "Quy chế", "issuer": "Tỉnh ủy", "in_force_from": date(2020, 1, 1)},
    )
    return Rule.objects.create(regulation=regulation, obligation=obligation, number=number, unit=unit, article="Điều 5")


def _reply(cast, assignment, **fields):
    return reply_to_assignment(
        assignment, **({"actor": cast.department_officer, "text": "Đã sửa xong.", "resolution": "done"} | fields)
    )


def test_the_due_date_comes_from_the_reply_rule_then_the_conclusion_rule_then_a_labelled_default(cast):
    meeting = make_held_meeting(cast)
    monday = date(2026, 9, 7)
    default = reply_deadline(meeting, counted_from=monday)
    assert (default.is_default, default.due_on) == (True, date(2026, 9, 21))
    assert "10 ngày làm việc" in default.law
    _rule(cast, Obligation.CONCLUSION_NOTICE, 5)
    by_conclusion = reply_deadline(meeting, counted_from=monday)
    assert (by_conclusion.is_default, by_conclusion.due_on) == (False, date(2026, 9, 14))
    _rule(cast, Obligation.REPLY, 3)
    by_reply = reply_deadline(meeting, counted_from=monday)
    assert by_reply.due_on == date(2026, 9, 10)
    assert "01-QC/TU" in by_reply.law
    assert by_reply.lines


def test_an_assignment_takes_the_rules_date_and_tells_the_officers(cast):
    assignment = make_assignment(cast, coordinating_departments=[cast.ward_culture])
    assert assignment.due_on == assignment.rule_due_on > clock.today()
    assert assignment.opinion.state == OpinionState.ASSIGNED
    assert list(assignment.coordinating_departments.all()) == [cast.ward_culture]
    assert Reminder.objects.get().recipient == cast.department_officer
    assert "đã giao ý kiến số 1 cho Phòng Kinh tế" in Event.objects.first().sentence


def test_another_date_needs_a_reason_and_may_not_lie_in_the_past(cast):
    opinion = make_opinion(cast)
    wanted = clock.today() + timedelta(days=60)
    with pytest.raises(ServiceError) as refused:
        make_assignment(cast, opinion, due_on=wanted)
    assert refused.value.field == "due_reason"
    with pytest.raises(ServiceError) as refused:
        make_assignment(cast, opinion, due_on=clock.today() - timedelta(days=1), due_reason="Vội")
    assert refused.value.field == "due_on"
    assert make_assignment(cast, opinion, due_on=wanted, due_reason="Cần khảo sát").due_on == wanted


def test_departments_have_to_exist_and_to_differ(cast):
    opinion = make_opinion(cast)
    with pytest.raises(ServiceError):
        make_assignment(cast, opinion, coordinating_departments=[cast.ward_economy])
    cast.ward_economy.dissolved_on = clock.today()
    with pytest.raises(ServiceError):
        make_assignment(cast, opinion)


def test_an_opinion_is_assigned_once(cast):
    opinion = make_opinion(cast)
    make_assignment(cast, opinion)
    with pytest.raises(ServiceError):
        make_assignment(cast, opinion)


@pytest.mark.parametrize("category", ["complaint", "denunciation"])
def test_complaints_and_denunciations_leave_by_transfer_slip_only(cast, category):
    opinion = make_opinion(cast, category=category)
    with pytest.raises(ServiceError):
        make_assignment(cast, opinion)
    slip = transfer_opinion(opinion, actor=cast.ward_clerk, transferred_to="Thanh tra tỉnh", reason="Luật Tố cáo")
    opinion.refresh_from_db()
    assert opinion.state == OpinionState.TRANSFERRED
    assert slip.transferred_on == clock.today()
    assert "Thanh tra" not in Event.objects.first().sentence
    with pytest.raises(ServiceError):
        transfer_opinion(opinion, actor=cast.ward_clerk, transferred_to="B", reason="Lần nữa")


def test_the_department_in_charge_of_the_field_or_of_the_field_above_is_proposed(cast):
    top = make_field("Kinh tế")
    opinion = make_opinion(cast, field=make_field("Đất đai", parent=top))
    assert propose_department(opinion) is None
    map_field(cast.ward_committee, actor=cast.ward_clerk, field=top, department=cast.ward_culture)
    assert propose_department(opinion) == cast.ward_culture
    map_field(cast.ward_committee, actor=cast.ward_clerk, field=opinion.field, department=cast.ward_economy)
    assert propose_department(opinion) == cast.ward_economy
    cast.ward_economy.dissolved_on = clock.today()
    cast.ward_economy.save()
    assert propose_department(opinion) == cast.ward_culture
    map_field(cast.ward_committee, actor=cast.ward_clerk, field=top, department=None)
    assert not FieldDepartment.objects.filter(field=top).exists()


def test_a_reply_is_accepted_and_becomes_the_answer(cast):
    assignment = make_assignment(cast)
    accept_assignment(assignment, actor=cast.department_officer)
    note_progress(assignment, actor=cast.department_officer, text="Đã khảo sát")
    document = SimpleUploadedFile("trả lời.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, content_type="image/png")
    reply = _reply(
        cast, assignment, resolution="under_way", promised_on=clock.today() + timedelta(days=30), documents=[document]
    )
    assert reply.documents.get().original_name == "trả lời.png"
    accept_reply(reply, actor=cast.ward_clerk)
    assignment.refresh_from_db()
    opinion = assignment.opinion
    opinion.refresh_from_db()
    assert assignment.state == AssignmentState.SETTLED
    assert (opinion.state, opinion.answer, opinion.resolution) == (OpinionState.REPLIED, "Đã sửa xong.", "under_way")
    assert opinion.answered_on == clock.today()
    assert opinion.promised_on == clock.today() + timedelta(days=30)
    with pytest.raises(ServiceError):
        accept_reply(reply, actor=cast.ward_clerk)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": " "}, "text"),
        ({"resolution": "under_way"}, "promised_on"),
        ({"resolution": "under_way", "promised_on": date(2020, 1, 1)}, "promised_on"),
        ({"resolution": "beyond_authority"}, "transferred_to"),
    ],
)
def test_an_incomplete_reply_is_refused_at_its_field(cast, fields, field):
    with pytest.raises(ServiceError) as refused:
        _reply(cast, make_assignment(cast), **fields)
    assert refused.value.field == field


def test_a_reply_sent_back_may_be_sent_again(cast):
    assignment = make_assignment(cast)
    reply = _reply(cast, assignment)
    with pytest.raises(ServiceError):
        send_back_reply(reply, actor=cast.ward_clerk, remark="")
    send_back_reply(reply, actor=cast.ward_clerk, remark="Chưa nêu thời gian.")
    assignment.refresh_from_db()
    assert (assignment.state, assignment.replied_on) == (AssignmentState.ACCEPTED, None)
    accept_reply(_reply(cast, assignment, text="Xong ngày 5/9."), actor=cast.ward_leader)
    assert assignment.opinion.__class__.objects.get().answer == "Xong ngày 5/9."


def test_not_ours_goes_back_to_the_clerk_with_the_reason(cast):
    assignment = make_assignment(cast)
    with pytest.raises(ServiceError):
        return_assignment(assignment, actor=cast.department_officer, reason=" ")
    return_assignment(assignment, actor=cast.department_officer, reason="Thuộc Phòng Văn hóa")
    assignment.opinion.refresh_from_db()
    assert assignment.opinion.state == OpinionState.RECORDED
    assert Reminder.objects.filter(recipient=cast.ward_clerk, body="Thuộc Phòng Văn hóa").exists()
    again = assign_opinion(assignment.opinion, actor=cast.ward_clerk, lead_department=cast.ward_culture, task="Xem xét")
    assert again.state == AssignmentState.SENT


def test_a_reply_after_the_withdrawal_is_refused(cast):
    assignment = make_assignment(cast)
    withdraw_assignment(assignment, actor=cast.ward_clerk, reason="Giao nhầm")
    with pytest.raises(ServiceError, match=r"rút|withdrawn"):
        _reply(cast, assignment)
    assignment.opinion.refresh_from_db()
    assert assignment.opinion.state == OpinionState.RECORDED


def test_a_transfer_withdraws_the_open_assignment(cast):
    assignment = make_assignment(cast)
    transfer_opinion(assignment.opinion, actor=cast.ward_clerk, transferred_to="Sở Xây dựng", reason="Thuộc tỉnh")
    assignment.refresh_from_db()
    assert (assignment.state, assignment.withdrawal_reason) == (AssignmentState.WITHDRAWN, "Thuộc tỉnh")


def test_more_time_is_asked_for_and_granted_by_the_leader(cast):
    assignment = make_assignment(cast)
    until = later_day(assignment)
    with pytest.raises(ServiceError):
        request_extension(assignment, actor=cast.department_officer, asked_until=assignment.due_on, reason="Mưa")
    extension = request_extension(assignment, actor=cast.department_officer, asked_until=until, reason="Mưa")
    with pytest.raises(ServiceError):
        request_extension(assignment, actor=cast.department_officer, asked_until=until, reason="Mưa")
    assert Reminder.objects.filter(recipient=cast.ward_leader).exists()
    decide_extension(extension, actor=cast.ward_leader, is_granted=True)
    assignment.refresh_from_db()
    assert (assignment.due_on, assignment.due_reason) == (until, "Gia hạn: Mưa")
    assert assignment.rule_due_on < until
    with pytest.raises(ServiceError):
        decide_extension(extension, actor=cast.ward_leader, is_granted=False, remark="Thôi")


def test_a_refusal_of_more_time_says_why_and_moves_nothing(cast):
    assignment = make_assignment(cast)
    due_on = assignment.due_on
    extension = request_extension(
        assignment, actor=cast.department_officer, asked_until=later_day(assignment), reason="Bận"
    )
    with pytest.raises(ServiceError):
        decide_extension(extension, actor=cast.ward_leader, is_granted=False)
    decide_extension(extension, actor=cast.ward_leader, is_granted=False, remark="Việc gấp")
    assignment.refresh_from_db()
    assert assignment.due_on == due_on


def test_a_request_for_more_time_ends_with_the_reply(cast):
    assignment = make_assignment(cast)
    extension = request_extension(
        assignment, actor=cast.department_officer, asked_until=later_day(assignment), reason="Bận"
    )
    _reply(cast, assignment)
    extension.refresh_from_db()
    assert extension.verdict == Verdict.REFUSED


def test_progress_can_only_be_noted_while_the_matter_is_open(cast):
    assignment = make_assignment(cast)
    _reply(cast, assignment)
    with pytest.raises(ServiceError):
        note_progress(assignment, actor=cast.department_officer, text="Muộn")


def test_looking_at_personal_data_and_supervising_are_kept(cast):
    opinion = make_opinion(cast)
    open_personal_data(opinion, actor=cast.ward_clerk)
    comment_as_supervisor(opinion, actor=cast.front_supervisor, text="Cần trả lời sớm")
    assert {"open_personal_data", "comment_as_supervisor"} <= set(Event.objects.values_list("verb", flat=True))


def test_each_step_stands_in_the_history_of_the_meeting(cast):
    assignment = make_assignment(cast)
    accept_reply(_reply(cast, assignment), actor=cast.ward_clerk)
    verbs = list(Event.objects.about(assignment.opinion.meeting).values_list("verb", flat=True))[:4]
    assert verbs == ["accept_reply", "reply_to_assignment", "assign_opinion", "record_opinion"]
