"""Who gets what at each URL of notices (GET)."""

from meetings.models import MeetingState
from notices.models import NoticeState
from tests.feedback.factories import make_assignment
from tests.meetings.factories import make_meeting
from tests.notices.factories import ask_for_time, bind, make_late_meeting, make_notice


def row(*, clerk, leader, insiders, outsiders=404):
    """Clerk and leader of the ward's People's Committee; who sees the ward's work; the sibling ward."""
    return {
        "anonymous": 302,
        "ward_clerk": clerk,
        "ward_leader": leader,
        "system_admin": leader,
        "party_leader": insiders,
        "department_officer": insiders,
        "front_supervisor": insiders,
        "superior_leader": insiders,
        "ward_admin": insiders,
        "sibling_clerk": outsiders,
        "sibling_leader": outsiders,
        "sibling_officer": outsiders,
    }


SEEN = row(clerk=200, leader=200, insiders=200)
POST_ONLY = row(clerk=405, leader=405, insiders=405)

ACCESS = {
    "notices:list": row(clerk=200, leader=200, insiders=200, outsiders=200),
    "notices:meeting_notice": SEEN,
    "notices:detail": SEEN,
    "notices:preview": SEEN,
    "notices:pdf": SEEN,
    "notices:edit": row(clerk=200, leader=200, insiders=403),
    "notices:issue": row(clerk=403, leader=200, insiders=403),
    "notices:extend": row(clerk=200, leader=200, insiders=403),
    # The leader of the unit above decides, never the host itself.
    "notices:decide_extension": row(clerk=403, leader=403, insiders=403)
    | {"superior_leader": 200, "system_admin": 200},
    "notices:deadline_sheet": SEEN,
    "notices:assignment_sheet": SEEN,
    "notices:progress": POST_ONLY,
    "notices:draft": POST_ONLY,
    "notices:submit": POST_ONLY,
    "notices:approve": POST_ONLY,
    "notices:return": POST_ONLY,
    "notices:publish": POST_ONLY,
}


def kwargs_for(name, cast):
    if name == "notices:list":
        return {}
    if name == "notices:assignment_sheet":
        return {"pk": make_assignment(cast).pk}
    if name in {"notices:meeting_notice", "notices:draft", "notices:deadline_sheet"}:
        return {"pk": make_meeting(cast, state=MeetingState.HELD).pk}
    if name == "notices:progress":
        return {"pk": make_late_meeting(cast).pk}
    if name in {"notices:extend", "notices:decide_extension"}:
        meeting = make_meeting(cast, state=MeetingState.HELD)
        bind(meeting)
        return {"pk": meeting.pk if name == "notices:extend" else ask_for_time(cast, meeting).pk}
    state = NoticeState.APPROVED if name == "notices:issue" else NoticeState.DRAFT
    return {"pk": make_notice(cast, state).pk}
