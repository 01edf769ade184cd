"""The first draft of a notice, composed from what the meeting's record holds.

Statutory text, written in Vietnamese. Complaints and denunciations never enter it; nor does a speaker's phone or
address, nor the name without recorded consent.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Sum
from django.utils.text import Truncator

from accounts.models import Membership, Regime, Role, Unit, UnitKind, User
from accounts.text import fold
from deadlines import clock
from deadlines.models import MeetingType
from feedback.models import Assignment, AssignmentState, Opinion, OpinionState, Speech
from meetings.models import Field, Meeting, Mode
from notices.typography import long_date, vn_number

SUMMARY_CHARACTERS = 300
ANSWER_CHARACTERS = 600

KINDS = {
    MeetingType.PERIODIC: "Hội nghị đối thoại định kỳ",
    MeetingType.AD_HOC: "Hội nghị đối thoại đột xuất",
    MeetingType.THEMATIC: "Hội nghị đối thoại chuyên đề",
    MeetingType.LISTENING_SATURDAY: "chương trình “Ngày thứ Bảy lắng nghe dân nói”",
    MeetingType.VOTER_CONTACT: "Hội nghị tiếp xúc cử tri",
    MeetingType.WORKING_SESSION: "buổi làm việc với Mặt trận Tổ quốc và các tổ chức chính trị - xã hội",
    MeetingType.SECTOR: "Hội nghị đối thoại của ngành",
    MeetingType.CITIZEN_RECEPTION: "buổi tiếp công dân",
}
AUTHORITIES = {
    UnitKind.PEOPLES_COMMITTEE: "TM. ỦY BAN NHÂN DÂN",
    UnitKind.PEOPLES_COUNCIL: "TM. HỘI ĐỒNG NHÂN DÂN",
    UnitKind.FATHERLAND_FRONT: "TM. BAN THƯỜNG TRỰC",
    UnitKind.PARTY_COMMITTEE: "T/M BAN THƯỜNG VỤ",
}
SETTLED_HERE = (OpinionState.ANSWERED,)
HANDED_OVER = (OpinionState.ASSIGNED, OpinionState.REPLIED)
OUT_OF_FORCE = (AssignmentState.WITHDRAWN, AssignmentState.RETURNED)

_PHONE = re.compile(r"(?<!\d)(?:\+?84|0)(?:[ .-]?\d){8,10}(?!\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_IDENTITY = re.compile(r"(?<!\d)(?:\d{12}|\d{9})(?!\d)")


@dataclass
class Draft:
    subject: str
    opening: str
    assessment: str
    closing: str
    recipients: str
    place: str
    signing_authority: str
    signer_title: str
    signer_name: str
    conclusions: list[dict] = field(default_factory=list)
    tasks: list[dict] = field(default_factory=list)


def redact(text: str, speech: Speech) -> str:
    """Without phone, e-mail, identity number and address; without the speaker's name unless consent is recorded."""
    hidden = [speech.phone, speech.address]
    if speech.consents_to_publication is not True:
        hidden.append(speech.speaker)
    for words in hidden:
        if words and len(words) > 2:
            text = re.sub(re.escape(words), "…", text, flags=re.IGNORECASE)
    for pattern in (_PHONE, _MAIL, _IDENTITY):
        text = pattern.sub("…", text)
    return text


def _one_line(text: str, length: int) -> str:
    return Truncator(" ".join(text.split())).chars(length).rstrip(" .;,")


def event_name(meeting: Meeting) -> str:
    """ "Hội nghị đối thoại về quản lý đất đai", from the topic as it was typed."""
    topic = " ".join(meeting.topic.split()).rstrip(".")
    folded = fold(topic)
    lowered = topic[:1].lower() + topic[1:]
    if folded.startswith("hoi nghi"):
        return topic[:1].upper() + topic[1:]
    if folded.startswith(("doi thoai", "tiep xuc")):
        return f"Hội nghị {lowered}"
    if folded.startswith("ve "):
        return f"{KINDS[meeting.meeting_type]} {lowered}"
    return f"{KINDS[meeting.meeting_type]} với chủ đề “{topic}”"


def _counted(parts: list[tuple[int, str]]) -> str:
    return "; ".join(f"{vn_number(number)} ý kiến {words}" for number, words in parts if number)


def _summary_counts(opinions: list[Opinion]) -> str:
    states = [opinion.state for opinion in opinions]
    return _counted(
        [
            (sum(state in SETTLED_HERE for state in states), "đã được trả lời tại Hội nghị"),
            (sum(state in HANDED_OVER for state in states), "được giao cơ quan, đơn vị giải quyết, trả lời"),
            (states.count(OpinionState.TRANSFERRED), "được chuyển đến cơ quan có thẩm quyền"),
            (states.count(OpinionState.RECORDED), "được tiếp thu, tiếp tục xem xét"),
        ]
    )


def _opening(meeting: Meeting, opinions: list[Opinion], attendance: int | None) -> str:
    event = event_name(meeting)
    where = f", tại {meeting.place}" if meeting.place and meeting.mode != Mode.ONLINE else ""
    how = {Mode.ONLINE: " theo hình thức trực tuyến", Mode.HYBRID: " theo hình thức trực tiếp kết hợp trực tuyến"}
    day = long_date(meeting.held_on)
    first = [f"{day[:1].upper()}{day[1:]}{where}, {meeting.host_unit.name} tổ chức {event}{how.get(meeting.mode, '')}."]
    co_chairs = f"; cùng chủ trì có {meeting.co_chairs.rstrip('.')}" if meeting.co_chairs else ""
    first.append(f"{meeting.chair.rstrip('.')} chủ trì Hội nghị{co_chairs}.")
    if meeting.standing_member and meeting.is_standing_member_confirmed:
        first.append(f"Dự và theo dõi Hội nghị có {meeting.standing_member.rstrip('.')}.")
    if attendance is not None:
        first.append(f"Tham dự Hội nghị có {vn_number(attendance)} đại biểu.")
    if opinions:
        speeches = len({opinion.speech_id for opinion in opinions if not opinion.is_advance})
        advance = sum(opinion.is_advance for opinion in opinions)
        before = f", trong đó có {vn_number(advance)} ý kiến gửi đến trước Hội nghị" if advance else ""
        spoken = f"Có {vn_number(speeches)} lượt phát biểu, với" if speeches else "Có"
        first.append(f"{spoken} tổng số {vn_number(len(opinions))} ý kiến, kiến nghị{before}.")
    chair = meeting.chair.rstrip(".")
    second = (
        "Sau khi nghe các ý kiến phát biểu và phần trả lời của các cơ quan, đơn vị, "
        f"{chair[:1].lower() + chair[1:] if chair.startswith('Đồng chí') else chair} kết luận như sau:"
    )
    return "\n".join([" ".join(first), second])


def _assessment(opinions: list[Opinion]) -> str:
    text = (
        "Hội nghị diễn ra dân chủ, thẳng thắn, đúng mục đích, yêu cầu đề ra. Các ý kiến, kiến nghị của Nhân dân "
        "phản ánh đúng những vấn đề được quan tâm trên địa bàn, thể hiện tinh thần trách nhiệm, xây dựng."
    )
    if opinions:
        text += f"\nTrong tổng số {vn_number(len(opinions))} ý kiến, kiến nghị, có {_summary_counts(opinions)}."
    return text


def _assignment_of(opinion: Opinion) -> Assignment | None:
    return next((a for a in opinion.assignments.all() if a.state not in OUT_OF_FORCE), None)


def _coordinating(assignment: Assignment) -> str:
    return "; ".join(unit.name for unit in assignment.coordinating_departments.all())


def _line(opinion: Opinion) -> str:
    said = opinion.public_summary or redact(opinion.text, opinion.speech)
    said = _one_line(said, SUMMARY_CHARACTERS)
    said = said[:1].lower() + said[1:] if said[1:2].islower() else said
    about = f"- Về ý kiến “{said}”: "
    if opinion.state == OpinionState.TRANSFERRED:
        slip = getattr(opinion, "transfer_slip", None)
        to = slip.transferred_to if slip else "cơ quan có thẩm quyền"
        return f"{about}chuyển {to} xem xét, giải quyết theo thẩm quyền."
    assignment = _assignment_of(opinion)
    if assignment is not None:
        others = _coordinating(assignment).replace(";", ",")
        with_whom = f", phối hợp với {others}" if others else ""
        return (
            f"{about}giao {assignment.lead_department.name} chủ trì{with_whom} giải quyết, trả lời, "
            f"hoàn thành trước ngày {assignment.due_on:%d/%m/%Y}."
        )
    if opinion.answer:
        return f"{about}{_one_line(redact(opinion.answer, opinion.speech), ANSWER_CHARACTERS)}."
    return f"{about}tiếp thu, tiếp tục xem xét, trả lời theo quy định."


def _conclusions(opinions: list[Opinion]) -> list[dict]:
    by_field: dict[Field, list[Opinion]] = defaultdict(list)
    for opinion in opinions:
        by_field[opinion.field.parent or opinion.field].append(opinion)
    conclusions = []
    for top, group in sorted(by_field.items(), key=lambda item: (item[0].position, item[0].name)):
        lines = [f"Có {vn_number(len(group))} ý kiến, kiến nghị, trong đó có {_summary_counts(group)}."]
        conclusions.append({"field": top, "text": "\n".join([*lines, *(_line(opinion) for opinion in group)])})
    return conclusions


def _tasks(opinions: list[Opinion]) -> list[dict]:
    tasks = []
    for opinion in opinions:
        assignment = _assignment_of(opinion)
        if assignment is not None:
            tasks.append(
                {
                    "assignment": assignment,
                    "task": redact(assignment.task, opinion.speech),
                    "lead_department": assignment.lead_department.name,
                    "coordinating_departments": _coordinating(assignment)[:500],
                    "due_on": assignment.due_on,
                }
            )
    return sorted(tasks, key=lambda task: (task["due_on"], task["assignment"].pk))


def _place_name(meeting: Meeting) -> str:
    name = meeting.locality.name
    return name[:1].lower() + name[1:]


def _closing(meeting: Meeting, has_tasks: bool) -> str:
    unit = meeting.host_unit.name
    lines = []
    if has_tasks:
        lines.append(
            "Thủ trưởng các cơ quan, đơn vị được giao nhiệm vụ khẩn trương tổ chức thực hiện, trả lời Nhân dân đúng thời "
            f"hạn và báo cáo kết quả về {unit} để theo dõi, tổng hợp."
        )
    lines.append(
        f"Đề nghị Ủy ban Mặt trận Tổ quốc Việt Nam và các tổ chức chính trị - xã hội {_place_name(meeting)} phối hợp "
        "tuyên truyền, giám sát việc thực hiện Thông báo này."
    )
    lines.append(
        f"{unit} thông báo kết luận {event_name(meeting)} để các cơ quan, đơn vị, cá nhân có liên quan và Nhân dân biết, "
        "thực hiện."
    )
    return "\n".join(lines)


def _recipients(meeting: Meeting, opinions: list[Opinion]) -> str:
    unit, place = meeting.host_unit, _place_name(meeting)
    names = []
    for opinion in opinions:
        assignment = _assignment_of(opinion)
        if assignment is not None:
            names += [assignment.lead_department.name, *(u.name for u in assignment.coordinating_departments.all())]
    departments = [f"{name} (để thực hiện)" for name in dict.fromkeys(names)]
    superior = [f"{unit.superior.name} (để báo cáo)"] if unit.superior else []
    if unit.regime == Regime.PARTY:
        own = [f"Các đồng chí Ủy viên Ban Chấp hành {unit.name}", "Các chi bộ, đảng bộ trực thuộc"]
        last = f"Lưu Văn phòng {unit.name}"
    else:
        own = [f"Thường trực Đảng ủy, Thường trực HĐND {place}"] if unit.kind == UnitKind.PEOPLES_COMMITTEE else []
        last = "Lưu: VT"
    front = f"Ủy ban MTTQ Việt Nam và các tổ chức chính trị - xã hội {place} (để phối hợp)"
    return "\n".join([*superior, *own, front, *departments, "Cổng thông tin điện tử (để công bố)", last])


def signer_of(unit: Unit, actor: User) -> tuple[str, str, str]:
    """(authority, title, name) of the person who signs for the unit: its head, or the deputy for the head."""
    leaders = [
        membership.user
        for membership in Membership.objects.current(on=clock.today())
        .filter(unit=unit, role=Role.LEADER, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    ]
    heads = [user for user in leaders if not fold(user.position).startswith("pho ")]
    signer = actor if actor in leaders else next(iter(heads or leaders), None)
    authority, title = AUTHORITIES.get(unit.kind, ""), unit.head_title
    if signer is not None and fold(signer.position).startswith("pho "):
        if unit.regime == Regime.STATE:
            for_head = f"KT. {unit.head_title.upper()}"
            authority = f"{authority} / {for_head}" if authority else for_head
        title = f"Phó {unit.head_title[:1].lower()}{unit.head_title[1:]}"
    return authority, title, signer.full_name if signer else ""


def compose(meeting: Meeting, actor: User) -> Draft:
    """A bounded number of queries, however many opinions the meeting had."""
    opinions = list(
        Opinion.objects.of_dialogue()
        .filter(meeting=meeting)
        .select_related("field__parent", "speech", "transfer_slip")
        .prefetch_related("assignments__lead_department", "assignments__coordinating_departments")
        .order_by("number")
    )
    attendance = meeting.attendance.aggregate(total=Sum("number"))["total"]
    authority, title, name = signer_of(meeting.host_unit, actor)
    tasks = _tasks(opinions)
    return Draft(
        subject=f"Kết luận {event_name(meeting)}, {long_date(meeting.held_on)}".replace("\u00a0", " ")[:500],
        opening=_opening(meeting, opinions, attendance).replace("\u00a0", " "),
        assessment=_assessment(opinions),
        closing=_closing(meeting, bool(tasks)),
        recipients=_recipients(meeting, opinions),
        place=meeting.host_unit.seat,
        signing_authority=authority[:100],
        signer_title=title,
        signer_name=name,
        conclusions=_conclusions(opinions),
        tasks=tasks,
    )
