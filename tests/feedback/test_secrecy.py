"""Ways by which a denunciation, or who made it, could still come out."""

import uuid
from datetime import datetime, time

import pytest
from django.urls import reverse

from accounts.errors import ServiceError
from audit.models import Event
from deadlines import clock
from deadlines.models import Reminder
from feedback.models import Category, Opinion
from feedback.services import edit_opinion, return_assignment, transfer_opinion
from feedback.services.reminding import remind_of_open_assignments
from notices.services import draft_notice, save_draft, submit_notice
from tests.feedback.factories import make_assignment, make_field, make_opinion

TEXT = "Ông Bảy cán bộ địa chính nhận tiền của người dân khi làm sổ đỏ."


def said(**values) -> dict:
    return {
        "client_key": uuid.uuid4(),
        "text": "Đường ngập.",
        "category": "petition",
        "field": make_field().pk,
    } | values


def test_a_guessed_speech_gives_nobody_the_denouncers_name(cast, signed_in):
    denunciation = make_opinion(cast, category="denunciation", text=TEXT, speaker="Bà Tố Giác")
    url = reverse("feedback:entry", args=[denunciation.meeting_id])
    answer = signed_in("ward_leader").post(url, said(same_speech_as=denunciation.speech_id, then="same"), follow=True)
    assert answer.status_code == 422
    assert "Bà Tố Giác" not in answer.content.decode()
    assert Opinion.objects.count() == 1
    # The officer who received it goes on writing down what the same person says.
    mine = signed_in("ward_clerk").post(url, said(same_speech_as=denunciation.speech_id))
    assert mine.status_code == 302
    assert Opinion.objects.filter(speech=denunciation.speech_id).count() == 2


def becomes_denunciation(cast, opinion):
    opinion.refresh_from_db()
    return edit_opinion(
        opinion, actor=cast.ward_clerk, version=opinion.version, category=Category.DENUNCIATION, text=opinion.text
    )


def test_reminders_forget_the_words_of_what_turned_out_a_denunciation(cast):
    assignment = make_assignment(cast, make_opinion(cast, text=TEXT), task=TEXT)
    remind_of_open_assignments(now=datetime.combine(assignment.due_on, time(9), tzinfo=clock.VIETNAM))
    return_assignment(assignment, actor=cast.department_officer, reason=f"Đây là tố cáo: {TEXT}")
    assert Reminder.objects.filter(body__contains="Ông Bảy").exists()
    becomes_denunciation(cast, assignment.opinion)
    assert not Reminder.objects.filter(body__contains="Ông Bảy").exists()


def test_a_draft_that_quotes_it_is_not_submitted(cast):
    opinion = make_opinion(cast, text=TEXT)
    make_opinion(cast, opinion.meeting)
    notice = draft_notice(opinion.meeting, actor=cast.ward_clerk)
    becomes_denunciation(cast, opinion)
    with pytest.raises(ServiceError, match=str(opinion.number)):
        submit_notice(notice, actor=cast.ward_clerk)
    save_draft(
        notice, actor=cast.ward_clerk, version=notice.version, conclusions=[{"text": "Tiếp thu ý kiến."}], tasks=[]
    )
    submit_notice(notice, actor=cast.ward_clerk)


@pytest.mark.parametrize("person", ["ward_leader", "department_officer", "system_admin"])
def test_the_rows_behind_the_count_tell_neither_number_nor_field_nor_words(cast, signed_in, person):
    field = make_field("Đất đai, địa chính")
    denunciation = make_opinion(cast, category="denunciation", text=TEXT, speaker="Bà Tố Giác", field=field)
    transfer_opinion(denunciation, actor=cast.ward_clerk, transferred_to="Thanh tra tỉnh", reason="Luật Tố cáo")
    url = reverse("reports:rows")
    page = signed_in(person).get(url, {"what": "statutory", "key": "denunciation", "locality": cast.ward.pk})
    content = page.content.decode()
    assert page.status_code == 200
    assert page.context["number"] == 1
    for secret in (
        "Ông Bảy",
        "Bà Tố Giác",
        "Thanh tra",
        field.name,
        reverse("feedback:opinion", args=[denunciation.pk]),
    ):
        assert secret not in content


def test_the_history_names_neither_words_nor_people(cast):
    denunciation = make_opinion(cast, category="denunciation", text=TEXT, speaker="Bà Tố Giác")
    transfer_opinion(denunciation, actor=cast.ward_clerk, transferred_to="Thanh tra tỉnh", reason=TEXT)
    told = " ".join(f"{event.sentence} {event.data}" for event in Event.objects.all())
    for secret in ("Ông Bảy", "Bà Tố Giác", "Thanh tra", "0912345678", "tố cáo", "denunciation"):
        assert secret not in told
