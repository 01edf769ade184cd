"""Who gets what from each URL of the app, asked with GET."""

from feedback.models import Opinion, ReplyDocument
from feedback.services import reply_to_assignment, request_extension
from tests.feedback.factories import later_day, make_assignment, make_held_meeting, make_opinion, make_reply_rule

# The opinion of these rows was recorded at a meeting of the ward and is with the economy department of the ward.
_SEEN = {
    "anonymous": 302,
    "ward_clerk": 200,
    "ward_leader": 200,
    "department_officer": 200,
    "culture_officer": 200,
    "front_supervisor": 200,
    "superior_leader": 200,
    "system_admin": 200,
    "sibling_clerk": 404,
    "sibling_officer": 404,
}
_HOST_ONLY = _SEEN | {
    "department_officer": 403,
    "culture_officer": 403,
    "front_supervisor": 403,
    "superior_leader": 403,
    "ward_admin": 403,
}
_LEADER_ONLY = _HOST_ONLY | {"ward_clerk": 403}
_LEAD_DEPARTMENT = _SEEN | {
    "ward_clerk": 403,
    "ward_leader": 403,
    "culture_officer": 403,
    "front_supervisor": 403,
    "superior_leader": 403,
}
_POST_ONLY = {"anonymous": 302, "ward_clerk": 405, "sibling_clerk": 405, "department_officer": 405}
_ANYBODY_OF_STAFF = {"anonymous": 302, "ward_clerk": 200, "sibling_clerk": 200, "department_officer": 200}

ACCESS = {
    "feedback:opinions": _ANYBODY_OF_STAFF,
    "feedback:opinion": _SEEN,
    "feedback:opinion_edit": _HOST_ONLY,
    "feedback:reveal": _POST_ONLY,
    "feedback:answer": _HOST_ONLY,
    "feedback:take_up": _POST_ONLY,
    "feedback:assign": _HOST_ONLY,
    "feedback:transfer": _HOST_ONLY,
    "feedback:comment": _POST_ONLY,
    "feedback:withdraw": _HOST_ONLY,
    "feedback:accept_reply": _POST_ONLY,
    "feedback:send_back": _HOST_ONLY,
    "feedback:decide_extension": _LEADER_ONLY,
    "feedback:meeting_opinions": _SEEN,
    "feedback:entry": _HOST_ONLY,
    "feedback:advance": _SEEN,
    "feedback:previous_outcomes": _SEEN,
    "feedback:inbox": _ANYBODY_OF_STAFF,
    "feedback:assignment": _SEEN,
    "feedback:accept": _POST_ONLY,
    "feedback:return": _LEAD_DEPARTMENT,
    "feedback:progress": _LEAD_DEPARTMENT,
    "feedback:extend": _LEAD_DEPARTMENT,
    "feedback:pause": _HOST_ONLY,
    "feedback:resume": _POST_ONLY,
    "feedback:reply": _LEAD_DEPARTMENT,
    "feedback:reply_document": _SEEN,
    "feedback:field_departments": {
        "anonymous": 302,
        "ward_clerk": 200,
        "sibling_clerk": 200,
        "ward_admin": 200,
        "system_admin": 200,
        "ward_leader": 403,
        "department_officer": 403,
        "front_supervisor": 403,
    },
}

_OF_MEETING = {"meeting_opinions", "entry", "advance", "previous_outcomes"}
_OF_OPINION = {"opinion", "opinion_edit", "reveal", "answer", "take_up", "assign", "transfer", "comment"}
_OF_ASSIGNMENT = {"withdraw", "assignment", "accept", "return", "progress", "extend", "reply"}
_OF_PAUSABLE = {"pause", "resume"}
_OF_REPLY = {"accept_reply", "send_back"}


def kwargs_for(name, cast):
    page = name.removeprefix("feedback:")
    if page in _OF_MEETING:
        return {"pk": make_held_meeting(cast).pk}
    if page in _OF_OPINION:
        return {"pk": make_opinion(cast).pk}
    if page in _OF_PAUSABLE:
        make_reply_rule(cast, allows_pause=True)
        return {"pk": make_assignment(cast).pk}
    if page in _OF_ASSIGNMENT:
        return {"pk": make_assignment(cast).pk}
    if page in _OF_REPLY:
        return {"pk": _reply(cast).pk}
    if page == "decide_extension":
        assignment = make_assignment(cast)
        officer = cast.department_officer
        until = later_day(assignment)
        return {"pk": request_extension(assignment, actor=officer, asked_until=until, reason="Mưa").pk}
    if page == "reply_document":
        return {"pk": _document(cast).pk}
    return {}


def _reply(cast):
    assignment = make_assignment(cast)
    return reply_to_assignment(assignment, actor=cast.department_officer, text="Đã sửa xong.", resolution="done")


def _document(cast) -> ReplyDocument:
    from django.core.files.uploadedfile import SimpleUploadedFile

    upload = SimpleUploadedFile("anh.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64, content_type="image/png")
    reply_to_assignment(
        make_assignment(cast, Opinion.objects.first() or make_opinion(cast)),
        actor=cast.department_officer,
        text="Xem ảnh.",
        resolution="done",
        documents=[upload],
    )
    return ReplyDocument.objects.get()
