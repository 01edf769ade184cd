"""What citizens see without a login: enough to follow a promise, nothing about a person."""

import hashlib
import io
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from deadlines.clock import today
from feedback.models import Opinion
from feedback.services import record_opinion
from meetings.services import cancel_meeting
from tests.feedback.factories import make_assignment, make_field, make_held_meeting, make_opinion
from tests.meetings.factories import make_meeting
from tests.notices.factories import make_notice


@pytest.fixture
def citizen(signed_in):
    return signed_in("anonymous")


def text_of(response) -> str:
    return response.content.decode()


def test_a_planned_meeting_is_not_public_until_it_is_announced(cast, citizen):
    planned = make_meeting(cast, topic="Chưa thông báo")
    announced = make_meeting(cast, state="announced", topic="Đối thoại về đất đai")
    page = text_of(citizen.get(reverse("portal:meetings")))
    assert announced.topic in page
    assert planned.topic not in page
    assert citizen.get(reverse("portal:meeting", args=[planned.pk])).status_code == 404
    assert citizen.get(reverse("portal:meeting", args=[announced.pk])).status_code == 200


def test_search_without_diacritics_finds_the_meeting(cast, citizen):
    make_meeting(cast, state="announced", topic="Đối thoại về đất đai")
    make_meeting(cast, state="announced", topic="Gặp gỡ thanh niên")
    page = text_of(citizen.get(reverse("portal:meetings"), {"q": "doi thoai dat dai"}))
    assert "Đối thoại về đất đai" in page
    assert "Gặp gỡ thanh niên" not in page


def test_a_cancelled_meeting_says_so_with_its_reason(cast, citizen):
    meeting = make_meeting(cast, state="announced")
    cancel_meeting(meeting, actor=cast.ward_clerk, reason="Mưa bão")
    page = text_of(citizen.get(reverse("portal:meeting", args=[meeting.pk])))
    assert "Mưa bão" in page


@pytest.mark.parametrize("value", ["2026-13", "x", "99999-01", "2026", "2026-02-30", "²026-01"])
def test_an_impossible_month_shows_this_month(citizen, db, value):
    response = citizen.get(reverse("portal:calendar"), {"thang": value})
    assert response.status_code == 200
    assert response.context["first"].day == 1


def test_the_calendar_feed_carries_the_announced_meetings(cast, citizen):
    meeting = make_meeting(cast, state="announced", topic="Đối thoại; có dấu, phẩy")
    response = citizen.get(reverse("portal:meetings_calendar"))
    events = Calendar.from_ical(response.content).walk("VEVENT")
    assert [str(event["summary"]) for event in events] == [meeting.topic]
    assert events[0]["dtstart"].dt == meeting.planned_start


def test_only_published_notices_are_public(cast, citizen):
    issued = make_notice(cast, state="issued")
    assert citizen.get(reverse("portal:notice", args=[issued.verification_code])).status_code == 404
    assert citizen.get(reverse("portal:notice_pdf", args=[issued.verification_code])).status_code == 404
    assert issued.document_code not in text_of(citizen.get(reverse("portal:notices")))


def test_a_citizen_downloads_the_very_pdf_that_was_frozen(cast, citizen):
    notice = make_notice(cast, state="published")
    response = citizen.get(reverse("portal:notice_pdf", args=[notice.verification_code]))
    assert response["Content-Type"] == "application/pdf"
    assert hashlib.sha256(response.content).hexdigest() == notice.document.sha256
    assert response.content.startswith(b"%PDF")


def test_the_notice_feed_is_atom_and_names_the_notice(cast, citizen):
    notice = make_notice(cast, state="published")
    response = citizen.get(reverse("portal:notices_feed"))
    assert response["Content-Type"].startswith("application/atom+xml")
    assert notice.document_code in text_of(response)


def test_a_pdf_is_verified_by_its_bytes_and_a_changed_one_is_not(cast, citizen):
    notice = make_notice(cast, state="published")
    genuine = io.BytesIO(bytes(notice.document.pdf))
    genuine.name = "thong-bao.pdf"
    page = citizen.post(reverse("portal:verify"), {"pdf": genuine})
    assert page.status_code == 200
    assert page.context["notice"] == notice
    changed = io.BytesIO(bytes(notice.document.pdf) + b" ")
    changed.name = "thong-bao.pdf"
    assert citizen.post(reverse("portal:verify"), {"pdf": changed}).context["notice"] is None


def test_verifying_without_a_file_asks_for_one(citizen, db):
    assert citizen.post(reverse("portal:verify")).status_code == 422


def test_a_notice_is_verified_by_its_code_however_it_is_typed(cast, citizen):
    notice = make_notice(cast, state="published")
    code = notice.verification_code.lower()
    spaced = f" {code[:4]}-{code[4:8]} {code[8:]} "
    assert citizen.get(reverse("portal:verify"), {"ma": spaced}).context["notice"] == notice
    assert citizen.get(reverse("portal:verify"), {"ma": "KHONGCO"}).context["notice"] is None


def test_an_issued_but_unpublished_notice_does_not_verify(cast, citizen):
    notice = make_notice(cast, state="issued")
    assert citizen.get(reverse("portal:verify"), {"ma": notice.verification_code}).context["notice"] is None


def test_an_opinion_is_followed_by_its_code_without_personal_data(cast, citizen):
    opinion = make_opinion(cast, speaker="Nguyễn Bí Mật", phone="0987654321", address="Ngõ Riêng Tư")
    assignment = make_assignment(cast, opinion)
    page = text_of(citizen.get(reverse("portal:opinion"), {"ma": opinion.tracking_code.lower()}))
    assert cast.ward_economy.name in page
    assert f"{assignment.due_on:%d/%m/%Y}" in page
    for secret in ("Nguyễn Bí Mật", "0987654321", "Ngõ Riêng Tư", opinion.text):
        assert secret not in page


@pytest.mark.parametrize("category", ["complaint", "denunciation"])
def test_complaints_and_denunciations_answer_as_if_they_did_not_exist(cast, citizen, category):
    opinion = make_opinion(cast, category=category)
    page = citizen.get(reverse("portal:opinion"), {"ma": opinion.tracking_code})
    assert page.context["opinion"] is None


def test_no_public_page_shows_a_speaker(cast, citizen):
    meeting = make_held_meeting(cast)
    make_opinion(cast, meeting, speaker="Nguyễn Bí Mật", phone="0987654321", text="Lời riêng của tôi")
    notice = make_notice(cast, state="published", meeting=meeting)
    urls = [
        reverse("portal:home"),
        reverse("portal:notices"),
        reverse("portal:notice", args=[notice.verification_code]),
        reverse("portal:meeting", args=[meeting.pk]),
        reverse("portal:verify") + f"?ma={notice.verification_code}",
        reverse("portal:opinion") + f"?ma={Opinion.objects.get().tracking_code}",
        reverse("portal:notices_feed"),
        reverse("portal:calendar"),
    ]
    for url in urls:
        page = text_of(citizen.get(url))
        assert "Nguyễn Bí Mật" not in page, url
        assert "0987654321" not in page, url


def test_markup_in_a_topic_is_shown_as_text(cast, citizen):
    make_meeting(cast, state="announced", topic="<script>alert(1)</script>{{ 7|add:7 }}")
    page = text_of(citizen.get(reverse("portal:meetings")))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7|add:7 }}" in page


@pytest.mark.parametrize("rows", [2, 12])
def test_the_lists_cost_the_same_few_queries_however_long(cast, citizen, django_assert_max_num_queries, rows):
    for number in range(rows):
        make_meeting(cast, state="announced", topic=f"Hội nghị {number}", day=today() + timedelta(days=20 + number))
    for name in ("portal:home", "portal:meetings", "portal:calendar", "portal:meetings_calendar", "portal:notices"):
        with django_assert_max_num_queries(4):
            citizen.get(reverse(name))


def test_a_field_with_many_opinions_costs_no_more(cast, citizen, django_assert_max_num_queries):
    meeting = make_held_meeting(cast)
    for number in range(8):
        record_opinion(
            meeting=meeting, actor=cast.ward_clerk, client_key=uuid.uuid4(), field=make_field(),
            text=f"Ý kiến {number}", speaker="Ai đó",
        )  # fmt: skip
    notice = make_notice(cast, state="published", meeting=meeting)
    with django_assert_max_num_queries(6):
        citizen.get(reverse("portal:notice", args=[notice.verification_code]))
