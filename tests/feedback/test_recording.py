"""What was said, written down while it is said."""

import uuid
from datetime import timedelta

import pytest

from accounts.errors import ServiceError, StaleVersion
from audit.models import Event
from deadlines import clock
from feedback.models import Category, Opinion, OpinionSearch, OpinionState, Speech
from feedback.services import answer_on_the_spot, edit_opinion, record_opinion, take_up
from tests.feedback.factories import make_field, make_held_meeting, make_opinion
from tests.meetings.factories import make_meeting


def test_opinions_are_numbered_from_one_in_each_meeting(cast):
    first, second = make_held_meeting(cast), make_held_meeting(cast, topic="Hội nghị khác")
    assert [make_opinion(cast, first).number, make_opinion(cast, first).number] == [1, 2]
    assert make_opinion(cast, second).number == 1


def test_the_same_form_sent_twice_gives_one_opinion(cast):
    key = uuid.uuid4()
    first = make_opinion(cast, client_key=key)
    again = make_opinion(cast, first.meeting, client_key=key, text="gửi lại")
    assert again.pk == first.pk
    assert Opinion.objects.count() == Speech.objects.count() == 1
    assert Event.objects.filter(verb="record_opinion").count() == 1


def test_a_form_of_another_meeting_is_refused(cast):
    opinion = make_opinion(cast)
    with pytest.raises(ServiceError):
        make_opinion(cast, make_held_meeting(cast), client_key=opinion.client_key)


def test_one_speech_holds_several_opinions(cast):
    first = make_opinion(cast)
    second = make_opinion(cast, first.meeting, same_speech_as=first.speech, text="Ý thứ hai")
    assert second.speech_id == first.speech_id
    assert Speech.objects.count() == 1
    with pytest.raises(ServiceError):
        make_opinion(cast, make_held_meeting(cast), same_speech_as=first.speech)


def test_an_answer_at_the_meeting_is_recorded_with_its_day(cast):
    opinion = make_opinion(cast, answer="Đã đưa vào kế hoạch.", answered_by="Chủ tịch UBND")
    assert opinion.state == OpinionState.ANSWERED
    assert (opinion.answered_on, opinion.resolution) == (clock.today() - timedelta(days=1), "explained")
    later = answer_on_the_spot(
        make_opinion(cast, opinion.meeting), actor=cast.ward_clerk, answer="Rồi", answered_by="A", resolution="done"
    )
    assert (later.state, later.resolution) == (OpinionState.ANSWERED, "done")
    with pytest.raises(ServiceError):
        answer_on_the_spot(later, actor=cast.ward_clerk, answer="Nữa", answered_by="A")


@pytest.mark.parametrize("category", ["complaint", "denunciation"])
def test_complaints_and_denunciations_are_never_answered_here(cast, category):
    with pytest.raises(ServiceError):
        make_opinion(cast, category=category, answer="Trả lời")
    opinion = make_opinion(cast, category=category)
    with pytest.raises(ServiceError):
        answer_on_the_spot(opinion, actor=cast.ward_clerk, answer="Trả lời", answered_by="A")


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_a_closed_or_cancelled_meeting_takes_no_more_opinions(cast, state):
    meeting = make_meeting(cast, state=state)
    with pytest.raises(ServiceError):
        make_opinion(cast, meeting)


def test_empty_text_is_refused_at_its_field(cast):
    with pytest.raises(ServiceError) as refused:
        make_opinion(cast, text="  \n ")
    assert refused.value.field == "text"


def test_search_finds_without_diacritics_but_never_a_denunciation(cast):
    opinion = make_opinion(cast, text="Đường ngập nước")
    denunciation = make_opinion(cast, opinion.meeting, text="Đường dây nhận tiền", category="denunciation")
    assert set(Opinion.objects.matching("duong ngap")) == {opinion}
    assert not OpinionSearch.objects.filter(opinion=denunciation).exists()
    edit_opinion(opinion, actor=cast.ward_clerk, version=1, category=Category.DENUNCIATION)
    assert not OpinionSearch.objects.exists()


def test_a_stale_edit_is_refused_and_says_what_is_saved(cast):
    opinion = make_opinion(cast)
    edit_opinion(opinion, actor=cast.ward_clerk, version=1, text="Lần một", speaker="Người khác")
    with pytest.raises(StaleVersion) as stale:
        edit_opinion(opinion, actor=cast.ward_clerk, version=1, text="Lần hai")
    assert stale.value.current.text == "Lần một"
    assert Event.objects.get(verb="edit_opinion").data == {"changed": ["speaker", "text"]}


def test_an_answered_opinion_cannot_become_a_complaint(cast):
    opinion = make_opinion(cast, answer="Rồi", answered_by="A")
    with pytest.raises(ServiceError):
        edit_opinion(opinion, actor=cast.ward_clerk, version=1, category="complaint")


def test_an_advance_question_taken_up_counts_as_spoken(cast):
    opinion = make_opinion(cast, is_advance=True)
    assert opinion.is_advance and opinion.speech.is_advance
    take_up(opinion, actor=cast.ward_clerk)
    opinion.speech.refresh_from_db()
    assert not opinion.speech.is_advance
    with pytest.raises(ServiceError):
        take_up(opinion, actor=cast.ward_clerk)


def test_no_personal_data_in_the_history(cast):
    opinion = make_opinion(cast)
    edit_opinion(opinion, actor=cast.ward_clerk, version=1, speaker="Tên Mới", phone="0999888777")
    written = " ".join(f"{event.sentence} {event.data}" for event in Event.objects.all())
    for secret in ("Nguyễn Văn Dân", "0912345678", "Tên Mới", "0999888777", "Số 5"):
        assert secret not in written


def test_text_is_stored_composed(cast):
    opinion = record_opinion(
        meeting=make_held_meeting(cast),
        actor=cast.ward_clerk,
        client_key=uuid.uuid4(),
        field=make_field(),
        text="Đươ\u0300ng\r\nngâ\u0323p",
    )
    assert opinion.text == "Đường\nngập"
