"""The portal is the same for everybody."""

from tests.notices.factories import make_notice

EVERYBODY = {
    "anonymous": 200,
    "ward_clerk": 200,
    "department_officer": 200,
    "sibling_clerk": 200,
    "front_supervisor": 200,
    "system_admin": 200,
}

ACCESS = dict.fromkeys(
    (
        "portal:home",
        "portal:meetings",
        "portal:calendar",
        "portal:meetings_calendar",
        "portal:meeting",
        "portal:notices",
        "portal:notices_feed",
        "portal:notice",
        "portal:notice_pdf",
        "portal:verify",
        "portal:opinion",
    ),
    EVERYBODY,
)


def kwargs_for(name, cast):
    if name not in {"portal:meeting", "portal:notice", "portal:notice_pdf"}:
        return {}
    notice = make_notice(cast, state="published")
    if name == "portal:meeting":
        return {"pk": notice.meeting_id}
    return {"code": notice.verification_code}
