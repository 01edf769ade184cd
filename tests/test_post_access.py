"""Each URL that takes POST stands in one role × URL × expected-code table; a URL that is missing from it fails.

Each role sends the same input, which is right where the role may do it, and everything is rolled back after it: 302 is
a change that was made, 403 and 404 are refusals, and a refusal writes nothing.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import get_resolver, reverse

from audit.models import Event
from deadlines import clock
from deadlines.services import working_calendar
from feedback.services import pause_assignment, reply_deadline, reply_to_assignment, request_extension
from meetings.services import add_attachment, invite
from notices.models import NoticeState
from reports.importing import COLUMNS
from reports.services import create_feed
from tests.cast import Cast
from tests.deadlines.access import make_change, make_day, make_regulation, make_reminder, make_rule, make_schedule
from tests.feedback.factories import (
    later_day,
    make_assignment,
    make_field,
    make_held_meeting,
    make_opinion,
    make_reply_rule,
)
from tests.meetings.access import PNG
from tests.meetings.factories import make_meeting
from tests.notices.factories import ask_for_time, bind, make_late_meeting, make_notice, working_day
from tests.reports.builders import given_return
from tests.test_access_table import _names, _table

pytestmark = pytest.mark.every_page

INSIDERS = ("ward_clerk", "ward_leader", "party_leader", "department_officer", "culture_officer")
INSIDERS += ("front_supervisor", "superior_leader", "ward_admin", "system_admin")
OUTSIDERS = ("sibling_clerk", "sibling_leader", "sibling_officer")


def row(*may, done=302, insiders=403, outsiders=404, **others) -> dict[str, int]:
    """Those named do it; the rest of the ward and those above it are refused; the sibling ward doesn't see it."""
    codes = {"anonymous": 302} | dict.fromkeys(INSIDERS, insiders) | dict.fromkeys(OUTSIDERS, outsiders)
    return codes | dict.fromkeys(may, done) | others


HOST = ("ward_clerk", "ward_leader", "system_admin")
LEADER = ("ward_leader", "system_admin")
LEAD_DEPARTMENT = ("department_officer", "system_admin")
ADMINS = ("ward_admin", "system_admin")
EVERYBODY = (*INSIDERS, *OUTSIDERS)
ENTERING = ("ward_clerk", "ward_leader", "party_leader", "superior_leader", "ward_admin", "system_admin")
# Pages of the settings are closed to whoever administers nothing, whatever record they name.
SETTINGS = partial(row, *ADMINS, outsiders=403)
OWN_SETTINGS = partial(row, *ADMINS)

CODES = {
    # People, units and places: the ward's administrator manages the officer of a department below the committee.
    "accounts:person_new": SETTINGS(),
    "accounts:person_edit": SETTINGS(),
    "accounts:person_close": SETTINGS(),
    "accounts:person_reopen": SETTINGS(department_officer=302),  # it is their own account that was closed: signed out
    "accounts:person_password_link": SETTINGS(),
    "accounts:role_give": SETTINGS(),
    "accounts:role_end": SETTINGS(),
    "accounts:unit_new": SETTINGS(),
    "accounts:unit_edit": SETTINGS(),
    "accounts:unit_dissolve": SETTINGS(),
    "accounts:residential_area_new": SETTINGS(),
    "accounts:switch": row(*EVERYBODY),
    # Regulations and the calendar of the ward.
    "deadlines:reminder_read": row("ward_clerk", insiders=404),
    "deadlines:reminders_read_all": row(*EVERYBODY),
    "deadlines:calendar_import": SETTINGS(),
    "deadlines:mail_setting": row(*EVERYBODY),
    "deadlines:schedule_country": row("system_admin", outsiders=403),
    "deadlines:schedule_place": SETTINGS(),
    "deadlines:schedule_reset": OWN_SETTINGS(),
    "deadlines:day_new": SETTINGS(),
    "deadlines:day_edit": OWN_SETTINGS(),
    "deadlines:day_remove": OWN_SETTINGS(),
    "deadlines:year_confirm": row("system_admin", outsiders=403),
    "deadlines:change_apply": OWN_SETTINGS(),
    "deadlines:change_discard": OWN_SETTINGS(),
    "deadlines:regulation_new": SETTINGS(),
    "deadlines:regulation_edit": OWN_SETTINGS(),
    "deadlines:rule_new": OWN_SETTINGS(),
    "deadlines:rule_edit": OWN_SETTINGS(),
    "deadlines:rule_remove": OWN_SETTINGS(),
    # A meeting of the ward's People's Committee. Others who plan meetings can't name this host.
    "meetings:new": row(
        "ward_clerk",
        "ward_leader",
        party_leader=422,
        superior_leader=422,
        system_admin=422,
        sibling_clerk=422,
        sibling_leader=422,
        sibling_officer=403,
    ),
    "meetings:edit": row(*HOST),
    "meetings:agenda": row(*HOST),
    "meetings:invitations": row(*HOST),
    "meetings:announce": row(*HOST),
    "meetings:postpone": row(*HOST),
    "meetings:cancel": row(*HOST),
    "meetings:hold": row(*HOST),
    "meetings:close": row(*HOST, done=409),  # its notice has not been issued
    "meetings:record": row(*HOST),
    "meetings:documents": row(*HOST),
    "meetings:attachment_remove": row(*HOST),
    "meetings:invitation_answer": row(*HOST, "department_officer"),
    "meetings:invitation_withdraw": row(*HOST),
    # An opinion recorded there, with the ward's economy department.
    "feedback:entry": row(*HOST),
    "feedback:advance": row(*HOST),
    "feedback:opinion_edit": row(*HOST),
    "feedback:reveal": row(*HOST, done=200),
    "feedback:answer": row(*HOST),
    "feedback:take_up": row(*HOST),
    "feedback:assign": row(*HOST),
    "feedback:transfer": row(*HOST),
    "feedback:comment": row("front_supervisor", "system_admin"),
    "feedback:withdraw": row(*HOST),
    "feedback:accept_reply": row(*HOST),
    "feedback:send_back": row(*HOST),
    "feedback:decide_extension": row(*LEADER),
    "feedback:accept": row(*LEAD_DEPARTMENT),
    "feedback:return": row(*LEAD_DEPARTMENT),
    "feedback:progress": row(*LEAD_DEPARTMENT),
    "feedback:extend": row(*LEAD_DEPARTMENT),
    "feedback:pause": row(*HOST),
    "feedback:resume": row(*HOST),
    "feedback:reply": row(*LEAD_DEPARTMENT),
    # Each changes the table of their own unit; the system administrator of units that have hosted a meeting.
    "feedback:field_departments": row("ward_clerk", "ward_admin", "system_admin", sibling_clerk=302, outsiders=403),
    # The notice of the ward's People's Committee.
    "notices:draft": row(*HOST),
    "notices:edit": row(*HOST),
    "notices:preview": row(*HOST, done=200),
    "notices:submit": row(*HOST),
    "notices:approve": row(*LEADER),
    "notices:return": row(*LEADER),
    "notices:issue": row(*LEADER),
    "notices:publish": row(*HOST),
    "notices:progress": row(*HOST),
    "notices:extend": row(*HOST),
    "notices:decide_extension": row("superior_leader", "system_admin"),
    # A return of the ward.
    "reports:return_new": row(*ENTERING, sibling_clerk=422, sibling_leader=422, sibling_officer=403),
    "reports:return_edit": row(*ENTERING),
    "reports:return_remove": row(*ENTERING),
    "reports:calendar_feed_new": row(*EVERYBODY),
    # The clerk's own address; nobody else sees it.
    "reports:calendar_feed_revoke": row("ward_clerk", insiders=404),
    "reports:return_import": row(*ENTERING, sibling_clerk=422, sibling_leader=422, sibling_officer=403),
    # Anybody may ask whether a PDF is genuine.
    "portal:verify": row(*EVERYBODY, done=200, anonymous=200),
}


@dataclass(frozen=True)
class Sending:
    """What is sent where: the URL's arguments and the input."""

    kwargs: dict = field(default_factory=dict)
    data: dict = field(default_factory=dict)


def _day(days: int) -> str:
    return f"{clock.today() + timedelta(days=days):%d/%m/%Y}"


def _working_day() -> str:
    return f"{working_calendar().next_working_day(clock.today()):%d/%m/%Y}"


def _image() -> SimpleUploadedFile:
    return SimpleUploadedFile("anh.png", PNG)


def _of_people(name: str, cast: Cast) -> Sending:
    officer, unit = cast.department_officer, cast.ward_economy
    label = f"{unit.name}, {cast.ward.name}"
    role = {"unit": label, "role": "officer", "valid_from": _day(0)}
    account = {"full_name": "Người Mới", "email": "moi@example.vn"}
    kind = {"name": "Trạm Y tế", "kind": "department", "abbreviation": "YT"}
    kind |= {"superior": f"{cast.ward_committee.name}, {cast.ward.name}"}
    of_officer = {"pk": officer.pk}
    if name in {"person_reopen"}:
        type(officer).objects.filter(pk=officer.pk).update(is_active=False)
    if name == "unit_dissolve":
        officer.memberships.all().delete()
    return {
        "person_new": Sending(data=role | account | {"username": "nguoi.moi"}),
        "person_edit": Sending(of_officer, account | {"version": officer.version}),
        "person_close": Sending(of_officer),
        "person_reopen": Sending(of_officer),
        "person_password_link": Sending(of_officer),
        "role_give": Sending(of_officer, role | {"role": "clerk"}),
        "role_end": Sending({"pk": getattr(officer.memberships.first(), "pk", 0)}, {"valid_to": _day(0)}),
        "unit_new": Sending(data=kind | {"locality": f"{cast.ward.name}, {cast.province.name}"}),
        "unit_edit": Sending({"pk": unit.pk}, kind | {"version": unit.version}),
        "unit_dissolve": Sending({"pk": unit.pk}, {"dissolved_on": _day(0)}),
        "residential_area_new": Sending({"pk": cast.ward.pk}, {"name": "Khu dân cư số 2"}),
        "switch": Sending(data={"membership": ""}),
    }[name]


def _of_rules(name: str, cast: Cast) -> Sending:
    place = f"{cast.ward.name}, {cast.province.name}"
    day = {"day": _day(40), "kind": "day_off", "name": "Nghỉ tránh bão", "locality": place, "version": "1"}
    regulation = {"number": "13-QĐ/ĐU", "title": "Quy chế", "issuer": "Đảng ủy", "in_force_from": _day(0)}
    regulation |= {"jurisdiction": place, "version": "1"}
    rule = {"obligation": "reply", "number": "15", "unit": "working_days", "version": "1"}
    if name == "mail_setting":
        return Sending(data={"rhythm": "daily"})
    if name.startswith("schedule_"):
        steps = {"steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "0", "steps-0-stage": "late"}
        steps |= {"steps-0-working_days": "1", "steps-0-recipient": "unit", "at": "08:00", "version": "0"}
        arguments = {
            "schedule_country": {"matter": "notice"},
            "schedule_place": {"matter": "notice", "pk": cast.ward.pk},
        }
        if name == "schedule_reset":
            return Sending({"pk": make_schedule(cast.ward).pk})
        return Sending(arguments[name], steps)
    if name == "reminder_read":
        return Sending({"pk": make_reminder(cast.ward_clerk, cast.ward).pk})
    if name in {"reminders_read_all", "day_new", "regulation_new"}:
        return Sending(data={"day_new": day, "regulation_new": regulation}.get(name, {}))
    if name == "calendar_import":
        table = SimpleUploadedFile("nghi.csv", "ngày;loại;tên\n02/03/2027;nghỉ;Nghỉ tránh bão".encode())
        return Sending(data={"year": "2027", "file": table, "locality": place})
    if name == "year_confirm":
        return Sending({"year": 2027}, {"source": "Thông báo của Bộ Nội vụ"})
    if name.startswith("change_"):
        return Sending({"pk": make_change(cast, cast.ward).pk}, {"seen": "0"})
    if name.startswith("day_"):
        return Sending({"pk": make_day(cast.ward).pk}, day)
    if name in {"regulation_edit", "rule_new"}:
        return Sending({"pk": make_regulation(cast.ward).pk}, regulation if name == "regulation_edit" else rule)
    return Sending({"pk": make_rule(make_regulation(cast.ward)).pk}, rule)


def _of_meeting(name: str, cast: Cast) -> Sending:
    times = {"start_time": "08:00", "end_time": "11:00"}
    plan = times | {"topic": "Đối thoại", "meeting_type": "periodic", "mode": "in_person", "day": _day(20)}
    plan |= {
        "locality": cast.ward.pk,
        "host_unit": cast.ward_committee.pk,
        "chair": "Ông Chủ Tịch",
        "place": "Hội trường",
    }
    if name == "new":
        return Sending(data=plan)
    if name in {"close", "record"}:
        version = {"version": "0", "residents": "12"} if name == "record" else {}
        return Sending({"pk": make_meeting(cast, state="held").pk}, version)
    meeting = make_meeting(cast, day=clock.today() + timedelta(days=0 if name == "hold" else 5))
    if name == "hold":
        return Sending({"pk": meeting.pk}, {"day": _day(-1)} | times)
    if name.startswith("attachment"):
        return Sending({"pk": add_attachment(meeting, actor=cast.ward_clerk, upload=_image()).pk})
    if name.startswith("invitation_"):
        [invitation] = invite(meeting, actor=cast.ward_clerk, units=[cast.ward_economy])
        return Sending({"pk": invitation.pk}, {"answer": "accepted", "person": "Ông Kinh Tế"})
    agenda = {"items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "0", "items-0-title": "Khai mạc"}
    data = {
        "edit": plan | {"version": meeting.version},
        "agenda": agenda | {"version": meeting.version},
        "invitations": {"names": "Chi hội người cao tuổi"},
        "announce": {"announced_on": _day(0)},
        "postpone": {"reason": "Mưa bão"},
        "cancel": {"reason": "Đã lồng ghép"},
        "documents": {"file": _image()},
    }
    return Sending({"pk": meeting.pk}, data[name])


def _of_opinion(name: str, cast: Cast) -> Sending:
    if name == "field_departments":
        make_held_meeting(cast)
        return Sending(data={"field_0": ""})
    if name in {"entry", "advance"}:
        said = {"client_key": "6f9f1f0e-6a1f-4c53-9a55-0a4a3b1f7c11", "text": "Đường ngập", "category": "petition"}
        return Sending({"pk": make_held_meeting(cast).pk}, said | {"field": make_field().pk})
    of_opinion = {
        "opinion_edit": {"text": "Đường ngập nặng", "category": "petition", "competence": "own", "version": "1"},
        "reveal": {},
        "answer": {"answer": "Sẽ sửa", "answered_by": "Phòng Kinh tế", "resolution": "explained"},
        "take_up": {},
        "assign": {"lead_department": cast.ward_economy.pk, "task": "Sửa đường"},
        "transfer": {"transferred_to": "Sở Xây dựng", "reason": "Không thuộc thẩm quyền"},
        "comment": {"text": "Đề nghị làm sớm"},
    }
    if name in of_opinion:
        opinion = make_opinion(cast, is_advance=name == "take_up")
        data = of_opinion[name] | ({"field": opinion.field_id} if name == "opinion_edit" else {})
        if name == "assign":
            due_on = reply_deadline(opinion.meeting, counted_from=clock.today()).due_on
            data |= {"due_on": f"{due_on:%d/%m/%Y}"}
        return Sending({"pk": opinion.pk}, data)
    if name in {"pause", "resume"}:
        make_reply_rule(cast, allows_pause=True)
    assignment, officer = make_assignment(cast), cast.department_officer
    later = later_day(assignment)
    if name == "resume":
        pause_assignment(assignment, actor=cast.ward_clerk, reason="Chờ kết luận giám định")
    if name in {"accept_reply", "send_back"}:
        reply = reply_to_assignment(assignment, actor=officer, text="Đã sửa.", resolution="done")
        return Sending({"pk": reply.pk}, {"remark": "Chưa rõ ngày xong"})
    if name == "decide_extension":
        asked = request_extension(assignment, actor=officer, asked_until=later, reason="Mưa")
        return Sending({"pk": asked.pk}, {"is_granted": "True"})
    data = {
        "withdraw": {"reason": "Giao nhầm"},
        "accept": {},
        "return": {"reason": "Không thuộc phòng"},
        "progress": {"text": "Đã khảo sát"},
        "extend": {"asked_until": f"{later:%d/%m/%Y}", "reason": "Mưa"},
        "pause": {"reason": "Chờ kết luận giám định"},
        "resume": {},
        "reply": {"text": "Đã sửa.", "resolution": "done"},
    }
    return Sending({"pk": assignment.pk}, data[name])


def _of_notice(name: str, cast: Cast) -> Sending:
    if name == "draft":
        return Sending({"pk": make_meeting(cast, state="held").pk})
    if name == "progress":
        return Sending({"pk": make_late_meeting(cast).pk}, {"text": "Chờ ký", "promised_on": _working_day()})
    if name in {"extend", "decide_extension"}:
        meeting = make_meeting(cast, state="held")
        bind(meeting)
        asked_until = working_day(meeting, 12)
        if name == "extend":
            return Sending({"pk": meeting.pk}, {"asked_until": f"{asked_until:%d/%m/%Y}", "reason": "Chờ số liệu"})
        return Sending({"pk": ask_for_time(cast, meeting).pk}, {"is_granted": "True"})
    states = {"approve": NoticeState.SUBMITTED, "return": NoticeState.SUBMITTED, "issue": NoticeState.APPROVED}
    notice = make_notice(cast, states.get(name, NoticeState.ISSUED if name == "publish" else NoticeState.DRAFT))
    forms = {
        f"{prefix}-{part}": "0" for prefix in ("conclusions", "tasks") for part in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    data = {
        "edit": forms | {"version": notice.version, "subject": "Kết luận"},
        "preview": forms | {"version": notice.version, "subject": "Kết luận"},
        "return": {"remark": "Bổ sung"},
        "publish": {"channel": "portal", "on": _day(0)},
    }
    return Sending({"pk": notice.pk}, data.get(name, {}))


def _of_return(name: str, cast: Cast) -> Sending:
    if name == "calendar_feed_new":
        return Sending(data={"name": "Điện thoại", "client_key": "6f9f1f0e-6a1f-4c53-9a55-0a4a3b1f7c12"})
    if name == "calendar_feed_revoke":
        return Sending({"pk": create_feed(cast.ward_clerk, "Điện thoại")[0].pk})
    given = {
        "locality": f"{cast.ward.name}, {cast.province.name}",
        "source": "Báo cáo",
        "version": "1",
        "meetings": "4",
    }
    given |= {"period_from": "01/07/2025", "period_to": "31/12/2025"}
    given |= {f"{prefix}-{part}": "0" for prefix in ("rows", "fields") for part in ("TOTAL_FORMS", "INITIAL_FORMS")}
    if name == "return_new":
        return Sending(data=given)
    if name == "return_import":
        line = {"locality": cast.ward.name, "province": cast.province.name, "from": "01/07/2025", "to": "31/12/2025"}
        line |= {"source": "Báo cáo", "kind": "Tổng", "meetings": "4"}
        table = [";".join(COLUMNS.values()), ";".join(line.get(column, "") for column in COLUMNS)]
        return Sending(data={"content": "\r\n".join(table)})
    one = given_return(cast.ward, date(2025, 7, 1), date(2025, 12, 31), rows=[{"meetings": 3}])
    return Sending({"pk": one.pk}, given)


def _of_portal(name: str, cast: Cast) -> Sending:
    return Sending(data={"pdf": SimpleUploadedFile("thong-bao.pdf", b"%PDF-1.7")})


SENDINGS = {
    "accounts": _of_people,
    "deadlines": _of_rules,
    "meetings": _of_meeting,
    "feedback": _of_opinion,
    "notices": _of_notice,
    "reports": _of_return,
    "portal": _of_portal,
}


@pytest.mark.parametrize("name", sorted(CODES))
def test_each_role_that_posts_gets_the_expected_code(name, cast, signed_in):
    app, _colon, page = name.partition(":")
    sending = SENDINGS[app](page, cast)
    url = reverse(name, kwargs=sending.kwargs)
    got, wrote = {}, set()
    for person in CODES[name]:
        for value in sending.data.values():
            if isinstance(value, SimpleUploadedFile):
                value.seek(0)
        client, before, point = signed_in(person), Event.objects.count(), transaction.savepoint()
        got[person] = client.post(url, sending.data).status_code
        if Event.objects.count() != before:
            wrote.add(person)
        transaction.savepoint_rollback(point)
    assert got == CODES[name]
    assert {person for person in wrote if got[person] >= 400 or person == "anonymous"} == set()


def test_every_url_that_takes_post_stands_in_the_table(cast, signed_in):
    """Asked with an empty POST by somebody who sees everything and by the ward's clerk; what only shows says 405."""
    takes_post = set()
    for name in sorted(set(_names(get_resolver().url_patterns)) - set(CODES)):
        _codes, module = _table()[name]
        url = reverse(name, kwargs=module.kwargs_for(name, cast))
        for person in ("system_admin", "ward_clerk"):
            point = transaction.savepoint()
            if signed_in(person).post(url).status_code != 405:
                takes_post.add(name)
            transaction.savepoint_rollback(point)
    assert takes_post == set()
