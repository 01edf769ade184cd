"""Signs that no document or feed can hold, typed or pasted into text."""

from xml.etree import ElementTree

import pytest
from django.urls import reverse

from accounts.text import nfc
from meetings.models import Meeting
from tests.meetings.factories import make_meeting
from tests.meetings.test_pages import plan
from tests.notices.factories import make_notice

CONTROL = "Đối thoại\x01 về\x0b đất đai\x1b\x7f \ufffe<b>{{ 7|add:7 }}</b>\r\n=cmd|' /C calc'!A0"


def test_control_characters_are_not_kept():
    assert nfc("a\x00b\x01c\x0bd\x0ce\x85f\x7fg\u2028h\ufffei\tj\r\nk") == "abc\nd\ne\nfg\nhi\tj\r\nk"


def test_a_meeting_and_its_notice_with_strange_signs_reach_every_feed(cast, client, signed_in):
    meeting = make_meeting(cast, state="held", topic=CONTROL, place=CONTROL, chair=CONTROL)
    notice = make_notice(cast, "published", meeting=meeting)
    feed = client.get(reverse("portal:notices_feed"))
    assert feed.status_code == 200
    ElementTree.fromstring(feed.content)  # noqa: S314 - our own feed
    upcoming = make_meeting(cast, state="announced", topic=CONTROL, place=CONTROL)
    calendar = client.get(reverse("portal:meetings_calendar")).content.decode()
    assert calendar.count("BEGIN:VEVENT") == 1
    assert "\x01" not in calendar
    for url in (
        reverse("portal:notice", args=[notice.verification_code]),
        reverse("portal:meeting", args=[upcoming.pk]),
        reverse("portal:meetings"),
    ):
        page = client.get(url)
        assert page.status_code == 200
        assert "<b>{{ 7" not in page.content.decode()
        assert "14</b>" not in page.content.decode()


@pytest.mark.parametrize("name", ["topic", "chair", "place"])
def test_a_text_with_a_nul_is_refused_with_a_sentence(cast, signed_in, name):
    answer = signed_in("ward_clerk").post(reverse("meetings:new"), plan(cast, **{name: "a\x00b"}))
    assert answer.status_code == 422
    assert not Meeting.objects.exists()
