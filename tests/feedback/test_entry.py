"""The form that stays in place while people speak, with htmx and without."""

import uuid

import pytest
from django.urls import reverse

from feedback.models import Opinion, Speech
from tests.feedback.factories import make_field, make_held_meeting, make_opinion
from tests.meetings.factories import make_meeting

HTMX = {"HX-Request": "true"}


@pytest.fixture
def meeting(cast):
    return make_held_meeting(cast)


@pytest.fixture
def url(meeting):
    return reverse("feedback:entry", args=[meeting.pk])


def typed(**fields):
    values = {
        "client_key": str(uuid.uuid4()),
        "speaker": "Bà Trần Thị Hoa",
        "text": "Đề nghị nạo vét cống.",
        "field": make_field().pk,
        "category": "petition",
        "then": "next",
    }
    return values | fields


def test_without_scripts_it_saves_and_comes_back_to_the_same_page(signed_in, url):
    client = signed_in("ward_clerk")
    answer = client.post(url, typed())
    assert (answer.status_code, answer.url) == (302, f"{url}?after=next")
    page = client.get(answer.url).content.decode()
    assert "Đề nghị nạo vét cống." in page
    assert f'value="{make_field().pk}" data-key="1" checked' in page, "the field stays for the next opinion"
    assert 'name="same_speech_as" id="id_same_speech_as"' in page


def test_with_htmx_a_fresh_form_and_the_list_come_back_without_the_page(signed_in, url):
    content = signed_in("ward_clerk").post(url, typed(), headers=HTMX).content.decode()
    assert "<html" not in content
    assert content.count('id="entry-form"') == 1
    assert 'hx-swap-oob="true"' in content and "Đề nghị nạo vét cống." in content
    assert "Bà Trần Thị Hoa</option>" not in content and 'value="Bà Trần Thị Hoa"></option>' in content


def test_the_same_speaker_goes_on_in_the_same_speech(signed_in, url):
    client = signed_in("ward_clerk")
    client.post(url, typed(then="same"), headers=HTMX)
    speech = Speech.objects.get()
    content = client.get(f"{url}?after=same").content.decode()
    assert f'name="same_speech_as" value="{speech.pk}"' in content
    client.post(url, typed(same_speech_as=speech.pk, text="Ý thứ hai"), headers=HTMX)
    client.post(url, typed(same_speech_as=speech.pk, speaker="Người khác", text="Ý của người khác"), headers=HTMX)
    assert Speech.objects.count() == 2
    assert speech.opinions.count() == 2


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_was_typed_stays_when_something_is_missing(signed_in, url, headers):
    answer = signed_in("ward_clerk").post(url, typed(field="", phone="abc"), headers=headers)
    content = answer.content.decode()
    assert answer.status_code == 422
    assert "Đề nghị nạo vét cống." in content and 'value="abc"' in content
    assert not Opinion.objects.exists()


def test_the_same_form_sent_twice_is_saved_once(signed_in, url):
    client, form = signed_in("ward_clerk"), typed()
    assert [client.post(url, form, headers=HTMX).status_code for _time in range(2)] == [200, 200]
    assert Opinion.objects.count() == 1


def test_a_text_changed_after_a_lost_answer_is_not_lost(signed_in, url):
    client, form = signed_in("ward_clerk"), typed()
    client.post(url, form, headers=HTMX)
    answer = client.post(url, form | {"text": "Đề nghị nạo vét cống. Và lắp đèn."}, headers=HTMX)
    content = answer.content.decode()
    assert answer.status_code == 409
    assert "Và lắp đèn." in content
    assert form["client_key"] not in content, "saving again makes an opinion of its own"


def test_a_complaint_with_an_answer_is_refused_at_the_answer(signed_in, url):
    answer = signed_in("ward_clerk").post(url, typed(category="complaint", answer="Trả lời", answered_by="A"))
    assert answer.status_code == 422
    assert 'id="error-answer"' in answer.content.decode()


def test_an_ended_session_answers_401_in_the_background_and_the_sign_in_page_otherwise(signed_in, url):
    client = signed_in("anonymous")
    assert client.post(url, typed(), headers=HTMX).status_code == 401
    answer = client.post(url, typed())
    assert answer.status_code == 302 and "/login/" in answer.url


@pytest.mark.parametrize("person", ["sibling_clerk", "sibling_officer"])
def test_people_of_another_ward_get_404(signed_in, url, person):
    assert signed_in(person).post(url, typed()).status_code == 404


@pytest.mark.parametrize("person", ["department_officer", "front_supervisor", "superior_leader"])
def test_who_does_not_run_the_meeting_is_refused(signed_in, url, person):
    assert signed_in(person).post(url, typed()).status_code == 403
    assert not Opinion.objects.exists()


@pytest.mark.parametrize("state", ["closed", "cancelled", "postponed"])
def test_a_meeting_that_is_over_takes_no_opinions(cast, signed_in, state):
    meeting = make_meeting(cast, state=state)
    answer = signed_in("ward_clerk").post(reverse("feedback:entry", args=[meeting.pk]), typed())
    assert answer.status_code in {403, 409}
    assert not Opinion.objects.exists()


def test_a_speech_of_another_meeting_is_no_choice(cast, signed_in, url):
    other = make_opinion(cast, make_held_meeting(cast, topic="Hội nghị khác"))
    assert signed_in("ward_clerk").post(url, typed(same_speech_as=other.speech_id)).status_code == 422


def test_advance_questions_are_collected_and_listed_until_they_are_put(cast, signed_in):
    meeting = make_meeting(cast, state="announced")
    client, url = signed_in("ward_clerk"), reverse("feedback:advance", args=[meeting.pk])
    form = typed(text="Bao giờ làm đường?")
    assert client.post(url, form).status_code == 302
    question = Opinion.objects.get()
    assert question.is_advance and question.speech.is_advance
    assert client.post(url, typed(text="")).status_code == 422
    entry = reverse("feedback:entry", args=[meeting.pk])
    assert reverse("feedback:take_up", args=[question.pk]) in client.get(entry).content.decode()
    answer = client.post(f"{reverse('feedback:take_up', args=[question.pk])}?next={entry}")
    assert answer.url == entry
    assert reverse("feedback:take_up", args=[question.pk]) not in client.get(entry).content.decode()
    assert client.post(reverse("feedback:take_up", args=[question.pk])).status_code == 409
    assert signed_in("department_officer").post(url, typed()).status_code == 403


def test_the_way_back_never_leads_off_the_site(cast, signed_in):
    opinion = make_opinion(cast, is_advance=True)
    url = reverse("feedback:take_up", args=[opinion.pk])
    answer = signed_in("ward_clerk").post(f"{url}?next=https://example.com/")
    assert answer.url == reverse("feedback:opinion", args=[opinion.pk])


def test_the_previous_meetings_outcomes_are_told(cast, signed_in, meeting):
    earlier = make_held_meeting(cast, days_ago=90, topic="Hội nghị kỳ trước")
    make_opinion(cast, earlier, text="Sửa cầu gãy", answer="Đã sửa xong", answered_by="Chủ tịch")
    make_opinion(cast, earlier, text="Khiếu nại riêng", category="complaint")
    url = reverse("feedback:previous_outcomes", args=[meeting.pk])
    whole = signed_in("ward_clerk").get(url).content.decode()
    part = signed_in("ward_clerk").get(url, headers=HTMX).content.decode()
    assert "Sửa cầu gãy" in whole and "Sửa cầu gãy" in part
    assert "Khiếu nại riêng" not in whole
    assert "<html" in whole and "<html" not in part
    first = reverse("feedback:previous_outcomes", args=[earlier.pk])
    assert signed_in("ward_clerk").get(first).status_code == 200
