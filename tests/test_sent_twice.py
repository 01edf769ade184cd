"""A button pressed twice, or two people at once: one effect."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.models import Event
from meetings.models import Meeting
from tests.feedback.factories import make_assignment, make_field, make_held_meeting, make_opinion
from tests.meetings.access import PNG
from tests.meetings.test_pages import plan
from tests.test_post_access import CODES, SENDINGS

# Who presses; where nobody is named it is the ward's clerk.
PRESSES = {
    "feedback:comment": "front_supervisor",
    **dict.fromkeys(
        ("feedback:accept", "feedback:return", "feedback:progress", "feedback:extend", "feedback:reply"),
        "department_officer",
    ),
    "notices:decide_extension": "superior_leader",
    **dict.fromkeys(("feedback:decide_extension", "notices:approve", "notices:return", "notices:issue"), "ward_leader"),
}
# Reading is no change; a look at personal data is kept each time; a meeting can't be closed here.
NO_EFFECT = {"notices:preview", "feedback:reveal", "feedback:field_departments", "meetings:close"}
CHANGES = sorted(name for name in CODES if name.startswith(("meetings:", "feedback:", "notices:", "reports:")))


@pytest.mark.parametrize("name", [name for name in CHANGES if name not in NO_EFFECT])
def test_the_same_post_twice_has_one_effect(name, cast, signed_in):
    app, _colon, page = name.partition(":")
    sending = SENDINGS[app](page, cast)
    client, url = signed_in(PRESSES.get(name, "ward_clerk")), reverse(name, kwargs=sending.kwargs)
    codes, events = [], [Event.objects.count()]
    for _press in range(2):
        for value in sending.data.values():
            if isinstance(value, SimpleUploadedFile):
                value.seek(0)
        codes.append(client.post(url, sending.data).status_code)
        events.append(Event.objects.count())
    assert codes[0] == 302
    assert codes[1] in {302, 403, 404, 409, 422}
    if name == "meetings:invitation_answer":
        return  # the answer that stands is written down again
    assert events[1] > events[0]
    assert events[2] == events[1]


def test_two_meetings_of_one_topic_at_other_times_are_two(cast, signed_in):
    clerk = signed_in("ward_clerk")
    for start in ("08:00", "08:00", "08:30"):
        assert clerk.post(reverse("meetings:new"), plan(cast, start_time=start)).status_code == 302
    assert Meeting.objects.count() == 2


def test_another_note_or_document_is_kept(cast, signed_in):
    officer, assignment = signed_in("department_officer"), make_assignment(cast)
    for text in ("Đã khảo sát", "Đã khảo sát", "Đang sửa", "Đã khảo sát"):
        officer.post(reverse("feedback:progress", args=[assignment.pk]), {"text": text})
    assert [note.text for note in assignment.progress_notes.all()] == ["Đã khảo sát", "Đang sửa", "Đã khảo sát"]
    meeting = make_held_meeting(cast)
    for title in ("Ảnh 1", "Ảnh 1", "Ảnh 2"):
        upload = SimpleUploadedFile("anh.png", PNG)
        signed_in("ward_clerk").post(reverse("meetings:documents", args=[meeting.pk]), {"file": upload, "title": title})
    assert meeting.attachments.count() == 2


def test_one_row_of_the_entry_form_sent_by_htmx_and_again_without_is_one_opinion(cast, signed_in):
    meeting = make_opinion(cast).meeting
    clerk, url = signed_in("ward_clerk"), reverse("feedback:entry", args=[meeting.pk])
    said = {"client_key": uuid.uuid4(), "text": "Đường ngập", "category": "petition", "field": make_field().pk}
    assert clerk.post(url, said, headers={"HX-Request": "true"}).status_code == 200
    assert clerk.post(url, said).status_code == 302
    assert meeting.opinions.count() == 2
