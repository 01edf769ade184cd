"""Who gets what at each URL of meetings (GET)."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from deadlines import clock
from meetings.models import MeetingState
from meetings.services import add_attachment, invite
from tests.meetings.factories import make_meeting

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xff\xff?\x00\x05\xfe\x02\xfe\xa75\x81\x84\x00\x00\x00\x00IEND\xaeB`\x82"
)


def row(anonymous=302, *, host, insiders, outsiders=404):
    """Host: who writes for the ward. Insiders: who sees the ward's work. Outsiders: the sibling ward."""
    return {
        "anonymous": anonymous,
        "ward_clerk": host,
        "ward_leader": host,
        "party_leader": insiders,
        "department_officer": insiders,
        "front_supervisor": insiders,
        "superior_leader": insiders,
        "ward_admin": insiders,
        "system_admin": host,
        "sibling_clerk": outsiders,
        "sibling_leader": outsiders,
        "sibling_officer": outsiders,
    }


EVERYBODY = row(host=200, insiders=200, outsiders=200)
SEEN = row(host=200, insiders=200)
HOST_ONLY = row(host=200, insiders=403)

ACCESS = {
    "meetings:list": EVERYBODY,
    "meetings:calendar": EVERYBODY,
    "meetings:year": EVERYBODY,
    "meetings:new": {
        "anonymous": 302,
        "ward_clerk": 200,
        "ward_leader": 200,
        "party_leader": 200,
        "superior_leader": 200,
        "system_admin": 200,
        "sibling_clerk": 200,
        "department_officer": 403,
        "front_supervisor": 403,
        "ward_admin": 403,
    },
    "meetings:detail": SEEN,
    "meetings:history": SEEN,
    "meetings:record": SEEN,
    "meetings:documents": SEEN,
    "meetings:attachment": SEEN,
    "meetings:edit": HOST_ONLY,
    "meetings:agenda": HOST_ONLY,
    "meetings:invitations": HOST_ONLY,
    "meetings:announce": HOST_ONLY,
    "meetings:postpone": HOST_ONLY,
    "meetings:cancel": HOST_ONLY,
    "meetings:hold": HOST_ONLY,
    "meetings:attachment_remove": HOST_ONLY,
    "meetings:invitation_withdraw": HOST_ONLY,
    # The meeting is held but not concluded: those who could close it read why they can't yet.
    "meetings:close": row(host=409, insiders=403),
    "meetings:invitation_answer": row(host=200, insiders=403) | {"department_officer": 200, "culture_officer": 403},
}


def kwargs_for(name, cast):
    if name in {"meetings:list", "meetings:calendar", "meetings:year", "meetings:new"}:
        return {}
    if name == "meetings:close":
        return {"pk": make_meeting(cast, state=MeetingState.HELD).pk}
    meeting = make_meeting(cast, day=clock.today() + timedelta(days=1))
    if name.startswith("meetings:attachment"):
        upload = SimpleUploadedFile("anh.png", PNG)
        return {"pk": add_attachment(meeting, actor=cast.ward_clerk, upload=upload).pk}
    if name.startswith("meetings:invitation_"):
        [invitation] = invite(meeting, actor=cast.ward_clerk, units=[cast.ward_economy])
        return {"pk": invitation.pk}
    return {"pk": meeting.pk}
