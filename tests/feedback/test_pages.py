"""The pages: refusals that lose nothing, escaped text, the order of the inbox, and how much is asked of the database."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deadlines import clock
from feedback.models import Assignment, Extension, FieldDepartment, Opinion, Reply, SupervisionComment
from feedback.services import (
    accept_assignment,
    comment_as_supervisor,
    edit_opinion,
    note_progress,
    reply_to_assignment,
    request_extension,
    transfer_opinion,
    withdraw_assignment,
)
from tests.feedback.factories import later_day, make_assignment, make_field, make_held_meeting, make_opinion

EVIL = "<script>alert(1)</script>{{ settings.SECRET_KEY }}{% debug %}\"'><img src=x onerror=alert(2)>"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


def page(name, *args):
    return reverse(f"feedback:{name}", args=args)


def correction(opinion, **fields):
    values = {
        "version": opinion.version,
        "text": opinion.text,
        "category": opinion.category,
        "field": opinion.field_id,
        "competence": opinion.competence,
    }
    return values | fields


# --- nothing is lost ----------------------------------------------------------------------------------------------


def test_a_stale_correction_shows_both_texts_and_can_then_be_saved(cast, signed_in):
    opinion, client = make_opinion(cast), signed_in("ward_clerk")
    edit_opinion(opinion, actor=cast.ward_leader, version=1, text="Chữ của lãnh đạo")
    answer = client.post(page("opinion_edit", opinion.pk), correction(opinion, text="Chữ của văn thư"))
    content = answer.content.decode()
    assert answer.status_code == 409
    assert "Chữ của lãnh đạo" in content and "Chữ của văn thư" in content
    assert 'name="version" value="2"' in content
    again = client.post(page("opinion_edit", opinion.pk), correction(opinion, text="Chữ của văn thư", version=2))
    assert again.status_code == 302
    opinion.refresh_from_db()
    assert opinion.text == "Chữ của văn thư"


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_reply_after_the_withdrawal_is_told_so_and_keeps_the_text(cast, signed_in, headers):
    assignment = make_assignment(cast)
    withdraw_assignment(assignment, actor=cast.ward_clerk, reason="Giao nhầm")
    answer = signed_in("department_officer").post(
        page("reply", assignment.pk), {"text": "Đã viết rất lâu", "resolution": "done"}, headers=headers
    )
    assert answer.status_code == 409
    assert "Đã viết rất lâu" in answer.content.decode()
    assert not Reply.objects.exists()


def test_the_department_of_another_place_is_told_of_the_withdrawal_as_well(cast, signed_in):
    assignment = make_assignment(cast, lead_department=cast.sibling_department)
    withdraw_assignment(assignment, actor=cast.ward_clerk, reason="Giao nhầm")
    answer = signed_in("sibling_officer").post(page("reply", assignment.pk), {"text": "Đã viết", "resolution": "done"})
    assert answer.status_code == 409
    assert "Đã viết" in answer.content.decode()


@pytest.mark.parametrize("name", ["accept", "return", "progress", "extend", "reply"])
def test_a_withdrawn_assignment_answers_409_whatever_is_tried(cast, signed_in, name):
    assignment = make_assignment(cast)
    withdraw_assignment(assignment, actor=cast.ward_clerk, reason="Giao nhầm")
    later = later_day(assignment)
    form = {"text": "Đã làm", "reason": "Vì", "asked_until": f"{later:%d/%m/%Y}", "resolution": "done"}
    assert signed_in("department_officer").post(page(name, assignment.pk), form).status_code == 409


def test_an_incomplete_form_answers_422_and_keeps_what_was_typed(cast, signed_in):
    assignment = make_assignment(cast)
    client = signed_in("department_officer")
    answer = client.post(page("reply", assignment.pk), {"text": "Đang làm", "resolution": "under_way"})
    assert answer.status_code == 422 and "Đang làm" in answer.content.decode()
    answer = client.post(page("extend", assignment.pk), {"asked_until": "30/02/2027", "reason": "Mưa bão"})
    assert answer.status_code == 422 and "Mưa bão" in answer.content.decode()


@pytest.mark.parametrize(
    ("due_on", "reason", "code"),
    [("31/12/2099", "", 422), ("01/01/2020", "Gấp", 422), ("30/02/2027", "Gấp", 422), ("31/12/2027", "Lớn", 302)],
)
def test_dates_of_an_assignment(cast, signed_in, due_on, reason, code):
    opinion = make_opinion(cast)
    form = {"lead_department": cast.ward_economy.pk, "task": "Làm", "due_on": due_on, "due_reason": reason}
    answer = signed_in("ward_clerk").post(page("assign", opinion.pk), form)
    assert answer.status_code == code
    assert Assignment.objects.exists() == (code == 302)


def test_another_units_department_is_no_choice(cast, signed_in):
    opinion = make_opinion(cast)
    due = clock.today() + timedelta(days=20)
    form = {
        "lead_department": cast.sibling_department.pk,
        "task": "Làm",
        "due_on": f"{due:%d/%m/%Y}",
        "due_reason": "x",
    }
    assert signed_in("ward_clerk").post(page("assign", opinion.pk), form).status_code == 422


def test_a_program_renamed_to_a_document_is_refused_with_the_reply_kept(cast, signed_in):
    assignment = make_assignment(cast)
    upload = SimpleUploadedFile("bao-cao.pdf", b"MZ" + b"\0" * 200, content_type="application/pdf")
    form = {"text": "Kèm báo cáo", "resolution": "done", "documents": [upload]}
    answer = signed_in("department_officer").post(page("reply", assignment.pk), form)
    assert answer.status_code == 422 and "Kèm báo cáo" in answer.content.decode()
    assert not Reply.objects.exists()


def test_an_opinion_names_the_earlier_one_in_which_the_same_was_raised(cast, signed_in):
    earlier = make_opinion(cast, make_held_meeting(cast, days_ago=90), text="Đường ngập lần đầu")
    opinion, client = make_opinion(cast, make_held_meeting(cast)), signed_in("ward_clerk")
    form = correction(opinion, same_matter_as=earlier.pk)
    assert client.post(page("opinion_edit", opinion.pk), form).status_code == 302
    assert "Đường ngập lần đầu" in client.get(page("opinion", opinion.pk)).content.decode()
    assert opinion.text[:60] in client.get(page("opinion", earlier.pk)).content.decode()
    form = correction(opinion, version=2, same_matter_as=opinion.pk)
    assert client.post(page("opinion_edit", opinion.pk), form).status_code == 422


# --- the way of an opinion ----------------------------------------------------------------------------------------


def test_from_the_assignment_to_the_accepted_reply_by_the_pages_alone(cast, signed_in):
    opinion = make_opinion(cast)
    clerk, officer, leader = (signed_in(name) for name in ("ward_clerk", "department_officer", "ward_leader"))
    proposed = clerk.get(page("assign", opinion.pk)).context["deadline"].due_on
    form = {"lead_department": cast.ward_economy.pk, "task": "Sửa đường", "due_on": f"{proposed:%d/%m/%Y}"}
    assert clerk.post(page("assign", opinion.pk), form).status_code == 302
    assignment = Assignment.objects.get()
    assert officer.post(page("accept", assignment.pk)).status_code == 302
    assert officer.post(page("progress", assignment.pk), {"text": "Đã khảo sát"}).status_code == 302
    later = later_day(assignment)
    form = {"asked_until": f"{later:%d/%m/%Y}", "reason": "Mưa"}
    assert officer.post(page("extend", assignment.pk), form).status_code == 302
    extension = Extension.objects.get()
    assert clerk.post(page("decide_extension", extension.pk), {"is_granted": "True"}).status_code == 403
    assert leader.post(page("decide_extension", extension.pk), {"is_granted": "False"}).status_code == 422
    assert leader.post(page("decide_extension", extension.pk), {"is_granted": "True"}).status_code == 302
    upload = SimpleUploadedFile("anh.png", PNG, content_type="image/png")
    form = {"text": "Đã sửa", "resolution": "done", "documents": [upload]}
    answer = officer.post(page("reply", assignment.pk), form, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "<html" not in answer.content.decode()
    reply = Reply.objects.get()
    assert officer.post(page("accept_reply", reply.pk)).status_code == 403
    assert clerk.post(page("send_back", reply.pk), {"remark": "Thiếu ngày"}).status_code == 302
    assert officer.post(page("reply", assignment.pk), form | {"documents": []}).status_code == 302
    assert clerk.post(page("accept_reply", Reply.objects.latest("pk").pk)).status_code == 302
    assert clerk.post(page("accept_reply", Reply.objects.latest("pk").pk)).status_code == 409
    opinion.refresh_from_db()
    assert (opinion.state, opinion.answer) == ("replied", "Đã sửa")
    content = clerk.get(page("opinion", opinion.pk)).content.decode()
    assert "Đã khảo sát" in content and "Thiếu ngày" in content and "anh.png" in content


def test_documents_go_out_as_downloads_to_those_who_see_the_opinion(cast, signed_in):
    upload = SimpleUploadedFile("anh.png", PNG, content_type="image/png")
    reply = reply_to_assignment(
        make_assignment(cast), actor=cast.department_officer, text="Xem", resolution="done", documents=[upload]
    )
    url = page("reply_document", reply.documents.get().pk)
    answer = signed_in("ward_clerk").get(url)
    assert answer["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content) == PNG
    assert signed_in("sibling_officer").get(url).status_code == 404


def test_return_transfer_answer_and_comment_by_the_pages(cast, signed_in):
    assignment = make_assignment(cast)
    opinion = assignment.opinion
    returned = signed_in("department_officer").post(page("return", assignment.pk), {"reason": "Của phòng khác"})
    assert returned.url == page("inbox")
    clerk = signed_in("ward_clerk")
    assert (
        clerk.post(page("answer", opinion.pk), {"answer": "Rồi", "answered_by": "A", "resolution": "done"}).status_code
        == 302
    )
    assert (
        clerk.post(page("answer", opinion.pk), {"answer": "Rồi", "answered_by": "A", "resolution": "done"}).status_code
        == 409
    )
    front = signed_in("front_supervisor")
    assert front.post(page("comment", opinion.pk), {"text": " "}).status_code == 422
    assert front.post(page("comment", opinion.pk), {"text": "Nên sớm hơn"}).status_code == 302
    assert clerk.post(page("comment", opinion.pk), {"text": "Không được"}).status_code == 403
    assert SupervisionComment.objects.get().text == "Nên sớm hơn"
    complaint = make_opinion(cast, opinion.meeting, category="complaint")
    form = {"transferred_to": "Thanh tra tỉnh", "reason": "Điều 7 Luật Khiếu nại"}
    assert clerk.post(page("transfer", complaint.pk), form).status_code == 302
    assert clerk.post(page("transfer", complaint.pk), form).status_code == 409


def test_a_clerk_puts_departments_in_charge_of_fields(cast, signed_in):
    field = make_field()
    client = signed_in("ward_clerk")
    url = f"{page('field_departments')}?unit={cast.ward_committee.pk}"
    assert client.post(url, {f"field_{field.pk}": cast.ward_economy.pk}).status_code == 302
    assert FieldDepartment.objects.get().department == cast.ward_economy
    assert client.post(url, {f"field_{field.pk}": cast.sibling_department.pk}).status_code == 422
    other = f"{page('field_departments')}?unit={cast.sibling_committee.pk}"
    assert client.get(other).status_code == 404
    assert client.post(other, {f"field_{field.pk}": cast.sibling_department.pk}).status_code == 404


# --- lists --------------------------------------------------------------------------------------------------------


def test_the_inbox_is_ordered_by_due_date_or_by_meeting(cast, signed_in):
    first, second = make_held_meeting(cast, days_ago=9, topic="Hội nghị A"), make_held_meeting(cast, topic="Hội nghị B")
    days = {"muộn": 90, "sớm": 20, "giữa": 40}
    for (task, number), meeting in zip(days.items(), (first, second, first), strict=True):
        due_on = clock.today() + timedelta(days=number)
        make_assignment(cast, make_opinion(cast, meeting), task=f"Việc {task}", due_on=due_on, due_reason="Cần")
    client = signed_in("department_officer")
    tasks = [one.task for one in client.get(page("inbox")).context["page_obj"]]
    assert tasks == ["Việc sớm", "Việc giữa", "Việc muộn"]
    grouped = client.get(f"{page('inbox')}?group=meeting")
    assert [one.task for one in grouped.context["page_obj"]] == ["Việc giữa", "Việc muộn", "Việc sớm"]
    assert "Hội nghị A" in grouped.content.decode()
    assert not signed_in("sibling_officer").get(page("inbox")).context["page_obj"].object_list


@pytest.fixture
def many(cast):
    """Opinions in several fields and states, to be filtered."""
    top = make_field("Kinh tế")
    land = make_field("Quản lý đất đai", parent=top)
    school = make_field("Giáo dục")
    old, new = make_held_meeting(cast, days_ago=400), make_held_meeting(cast)
    return {
        "land": make_opinion(cast, new, field=land, text="Cấp giấy chứng nhận"),
        "school": make_opinion(cast, new, field=school, text="Thiếu lớp học", answer="Sẽ xây", answered_by="Chủ tịch"),
        "old": make_opinion(cast, old, field=top, text="Chuyện cũ", competence="superior"),
        "given": make_assignment(cast, make_opinion(cast, new, field=top, text="Đã giao việc")).opinion,
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"land", "school", "old", "given"}),
        ("q=cap giay", {"land"}),
        ("q=CẤP GIẤY", {"land"}),
        ("field={top}", {"land", "old", "given"}),
        ("field={land}", {"land"}),
        ("state=assigned", {"given"}),
        ("handled=on_the_spot", {"school"}),
        ("handled=answered", {"school"}),
        ("handled=pending", {"land", "old", "given"}),
        ("competence=superior", {"old"}),
        ("resolution=explained", {"school"}),
        ("since={recent}", {"land", "school", "given"}),
        ("until={recent}", {"old"}),
        ("department={economy}", {"given"}),
        ("due=open", {"given"}),
        ("due=overdue", set()),
        ("locality={ward}", {"land", "school", "old", "given"}),
        ("locality={province}", {"land", "school", "old", "given"}),
        ("type=periodic&level=commune", {"land", "school", "old", "given"}),
        ("type=sector", set()),
        ("field=abc&state=nonsense&locality=999999999999999999&page=x", {"land", "school", "old", "given"}),
        ("since=30/02/2026", {"land", "school", "old", "given"}),
    ],
)
def test_the_filters_live_in_the_address(cast, signed_in, many, query, expected):
    values = {
        "top": many["old"].field_id,
        "land": many["land"].field_id,
        "recent": f"{clock.today() - timedelta(days=100):%d/%m/%Y}",
        "economy": cast.ward_economy.pk,
        "ward": cast.ward.pk,
        "province": cast.province.pk,
    }
    answer = signed_in("superior_leader").get(f"{page('opinions')}?{query.format(**values)}")
    names = {opinion.pk: name for name, opinion in many.items()}
    assert answer.status_code == 200
    assert {names[row.pk] for row in answer.context["page_obj"]} == expected


# --- safety and cost ----------------------------------------------------------------------------------------------


def test_html_and_template_code_are_shown_as_text_everywhere(cast, signed_in):
    opinion = make_opinion(cast, text=EVIL, speaker=EVIL, represents=EVIL, address=EVIL)
    edit_opinion(opinion, actor=cast.ward_clerk, version=1, public_summary=EVIL)
    assignment = make_assignment(cast, opinion, task=EVIL, due_on=clock.today() + timedelta(days=60), due_reason=EVIL)
    accept_assignment(assignment, actor=cast.department_officer)
    note_progress(assignment, actor=cast.department_officer, text=EVIL)
    later = later_day(assignment)
    request_extension(assignment, actor=cast.department_officer, asked_until=later, reason=EVIL)
    comment_as_supervisor(opinion, actor=cast.front_supervisor, text=EVIL)
    upload = SimpleUploadedFile("<b>x</b>.png", PNG, content_type="image/png")
    reply = reply_to_assignment(
        assignment,
        actor=cast.department_officer,
        text=EVIL,
        resolution="beyond_authority",
        transferred_to=EVIL,
        documents=[upload],
    )
    complaint = make_opinion(cast, opinion.meeting, text=EVIL, category="complaint", speaker=EVIL)
    transfer_opinion(complaint, actor=cast.ward_clerk, transferred_to=EVIL, reason=EVIL)
    meeting = opinion.meeting_id
    urls = [
        page("opinion", opinion.pk),
        page("opinion", complaint.pk),
        page("opinion_edit", opinion.pk),
        page("opinions"),
        page("meeting_opinions", meeting),
        page("entry", meeting),
        page("send_back", reply.pk),
        page("withdraw", assignment.pk),
    ]
    client = signed_in("ward_clerk")
    pages = [client.get(url).content.decode() for url in urls]
    pages.append(client.post(page("reveal", opinion.pk)).content.decode())
    officer = signed_in("department_officer")
    pages += [
        officer.get(url).content.decode()
        for url in (page("assignment", assignment.pk), page("inbox") + "?show=waiting")
    ]
    for content in pages:
        assert "<script>alert(1)" not in content and "<img src=x" not in content and "<b>x</b>" not in content
        assert "&lt;script&gt;" in content
        assert "{{ settings.SECRET_KEY }}" in content or "{{ setti" in content or "…" in content


def _queries(client, url) -> int:
    client.get(url)
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert client.get(url).status_code == 200
    return len(counted)


# With the session and the person (2) beyond the 8 of a list and the 10 of one record.
@pytest.mark.parametrize(
    ("name", "person", "cap"),
    [
        ("opinions", "ward_clerk", 10),
        ("opinions", "department_officer", 10),
        ("inbox", "department_officer", 10),
        ("meeting_opinions", "ward_clerk", 12),
        ("entry", "ward_clerk", 12),
        ("previous_outcomes", "ward_clerk", 12),
        ("opinion", "ward_leader", 12),
        ("assignment", "department_officer", 12),
    ],
)
def test_the_number_of_queries_does_not_grow_with_the_rows(cast, signed_in, name, person, cap):
    earlier = make_held_meeting(cast, days_ago=60)
    meeting = make_held_meeting(cast)
    opinion = make_opinion(cast, meeting)
    assignment = make_assignment(cast, opinion, coordinating_departments=[cast.ward_culture])
    argument = {"opinion": [opinion.pk], "assignment": [assignment.pk], "opinions": [], "inbox": []}
    url = page(name, *argument.get(name, [meeting.pk]))

    def add(number):
        for _row in range(number):
            one = make_opinion(cast, meeting)
            make_assignment(cast, one, coordinating_departments=[cast.ward_culture])
            make_opinion(cast, earlier)
            note_progress(assignment, actor=cast.department_officer, text="Thêm")
            comment_as_supervisor(opinion, actor=cast.front_supervisor, text="Thêm")

    client = signed_in(person)
    add(4)
    few = _queries(client, url)
    add(20)
    assert _queries(client, url) == few <= cap


def test_the_list_shows_25_a_page(cast, signed_in):
    meeting = make_held_meeting(cast)
    for _number in range(27):
        make_opinion(cast, meeting)
    client = signed_in("ward_clerk")
    assert len(client.get(page("opinions")).context["page_obj"]) == 25
    assert len(client.get(f"{page('opinions')}?page=2").context["page_obj"]) == 2
    assert Opinion.objects.count() == 27
