"""The deadline sheet (phiếu theo dõi thời hạn): an internal working paper that tells how each deadline came about.

It prints the worked answer that the pages, the reminders and ``manage.py due_on`` give, as of the moment it is made. It
has no number and no signature: nothing follows from it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import override

from audit.models import Event
from deadlines import clock
from deadlines.history import Entry, of_moves
from deadlines.models import Obligation
from deadlines.services import moves_of, working_calendar, working_days_late
from deadlines.templatetags.deadlines import deadline_words
from feedback.deadline_history import with_histories
from feedback.models import Assignment, AssignmentState
from feedback.services import latest_day
from meetings.bounds import Bound, bounds_of
from meetings.models import Meeting
from notices import typography as typo
from notices.documents import render_document
from notices.services import conclusion_snapshots
from notices.standing import Standing

TEMPLATE = "notices/print/deadline_sheet.html"
STYLESHEET = "print/sheet.css"
ENDED = {AssignmentState.RETURNED: "trả lại", AssignmentState.WITHDRAWN: "đã rút"}


@dataclass(frozen=True)
class Row:
    """One line of the table of deadlines."""

    what: str
    law: str
    limit: str
    due_on: date
    status: str
    # The earliest of several of one obligation.
    counts: bool = False
    # The day that the rule gave, where another one holds now.
    by_rule: date | None = None


@dataclass(frozen=True)
class Working:
    """The worked answer of one deadline."""

    title: str
    lines: list[str]
    note: str = ""


@dataclass(frozen=True)
class Story:
    """What happened to the deadlines of one obligation."""

    title: str
    entries: list[Entry]


@dataclass(frozen=True)
class Sheet:
    """What the sheet says, for a meeting or for one assignment."""

    subject: str
    unit_lines: list[str]
    superior: str
    place: str
    made: str
    calendar: str
    is_demonstration: bool
    facts_title: str
    facts: list[tuple[str, str]]
    rows: list[Row]
    workings: list[Working]
    stories: list[Story]
    assignments: list[Row] = field(default_factory=list)


def render_meeting_sheet(meeting: Meeting, assignments: Iterable[Assignment]) -> bytes:
    """The PDF of a meeting's sheet; ``assignments`` are those of its opinions that the reader may see."""
    with override("vi"):
        return _render(meeting_sheet(meeting, assignments), meeting)


def render_assignment_sheet(assignment: Assignment) -> bytes:
    """The PDF of one assignment's sheet, as ``feedback.queries.prepare`` left it."""
    with override("vi"):
        return _render(assignment_sheet(assignment), assignment.opinion.meeting)


def _render(sheet: Sheet, meeting: Meeting) -> bytes:
    return render_document(TEMPLATE, {"sheet": sheet}, meeting.host_unit.regime, stylesheet=STYLESHEET)


def meeting_sheet(meeting: Meeting, assignments: Iterable[Assignment]) -> Sheet:
    bounds = bounds_of(meeting)
    return Sheet(
        subject=typo.typeset(f"Hội nghị: {meeting.topic}"),
        facts_title="Hội nghị",
        facts=_meeting_facts(meeting),
        rows=[_bound_row(bound, meeting) for bound in bounds],
        workings=[_working(bound, meeting) for bound in bounds if bound.lines],
        stories=_meeting_stories(meeting),
        assignments=[_assignment_row(one, meeting) for one in assignments],
        **_frame(meeting),
    )


def assignment_sheet(assignment: Assignment) -> Sheet:
    opinion = assignment.opinion
    events = Event.objects.of(opinion).filter(verb__in=["assign_opinion", "pause_assignment"]).select_related("actor")
    with_histories([assignment], list(events))
    row = _assignment_row(assignment, opinion.meeting)
    return Sheet(
        subject=typo.typeset(f"Trả lời ý kiến số {opinion.number}: {assignment.lead_department.name}"),
        facts_title="Nhiệm vụ",
        facts=_assignment_facts(assignment),
        rows=[row],
        workings=[Working(f"{row.what} – {row.law}", assignment.worked_answer())] if assignment.working_out else [],
        stories=[Story("Trả lời ý kiến", assignment.deadline_history)],
        **_frame(opinion.meeting),
    )


def _frame(meeting: Meeting) -> dict:
    unit, now = meeting.host_unit, clock.now().astimezone(clock.VIETNAM)
    confirmed = sorted(working_calendar(meeting.locality).confirmed_years)
    known = f"; lịch nghỉ đã được xác nhận đến hết năm {confirmed[-1]}" if confirmed else ""
    return {
        "unit_lines": typo.header_lines(unit.name),
        "superior": typo.short_body(unit.superior.name) if unit.superior else "",
        "place": typo.date_line(typo.typeset(unit.seat), now.date()),
        "made": typo.typeset(f"Số liệu tính đến {now:%H:%M} ngày {now:%d/%m/%Y}"),
        "calendar": typo.typeset(f"theo lịch làm việc của {meeting.locality.name}{known}"),
        "is_demonstration": meeting.is_demonstration,
    }


def _dmy(day: date | None, otherwise: str) -> str:
    return f"{day:%d/%m/%Y}" if day else otherwise


def _meeting_facts(meeting: Meeting) -> list[tuple[str, str]]:
    start = meeting.planned_start.astimezone(clock.VIETNAM)
    facts = [
        ("Chủ đề", meeting.topic),
        ("Loại, cấp", f"{meeting.get_meeting_type_display()}, {meeting.get_level_display().lower()}"),
        ("Đơn vị tổ chức", meeting.host_unit.name),
        ("Địa phương", meeting.locality.name),
        ("Thời gian dự kiến", f"{start:%H:%M} ngày {start:%d/%m/%Y}"),
        ("Thông báo trước", _dmy(meeting.announced_on, "chưa thông báo")),
        ("Tổ chức", _dmy(meeting.held_on, f"chưa tổ chức ({meeting.get_state_display().lower()})")),
    ]
    if meeting.is_held:
        facts += [
            ("Ban hành thông báo kết luận", _dmy(meeting.concluded_on, "chưa ban hành")),
            ("Công khai kết quả", _dmy(meeting.published_on, "chưa công khai")),
        ]
    return [(name, typo.typeset(value)) for name, value in facts]


def _bound_row(bound: Bound, meeting: Meeting) -> Row:
    return Row(
        what=bound.what,
        law=typo.typeset(bound.law),
        limit=typo.typeset(bound.limit),
        due_on=bound.due_on,
        status=_bound_status(bound, meeting),
        counts=bound.counts and not bound.is_alone,
        by_rule=bound.count.due_on if bound.is_moved else None,
    )


def _bound_status(bound: Bound, meeting: Meeting) -> str:
    provisional = " (tạm tính)" if bound.is_provisional else ""
    if bound.is_prospective:
        return f"dự kiến, nếu tổ chức ngày {meeting.planned_day:%d/%m/%Y}{provisional}"
    if bound.is_missed:
        return "không thông báo trước"
    return _status(bound.due_on, bound.done_on, meeting, bound.days_late) + provisional


def _status(due_on: date, done_on: date | None, meeting: Meeting, days_late: int | None = None) -> str:
    if done_on is None:
        return str(deadline_words(due_on, None, meeting.locality)[1])
    late = working_days_late(due_on, done_on, locality=meeting.locality) if days_late is None else days_late
    words = f"chậm {late} ngày làm việc" if late else "đúng hạn"
    return f"hoàn thành {done_on:%d/%m/%Y}, {words}"


def _working(bound: Bound, meeting: Meeting) -> Working:
    note = ""
    if bound.is_prospective:
        note = f"Dự kiến theo ngày tổ chức {meeting.planned_day:%d/%m/%Y}; được tính lại khi hội nghị được tổ chức."
    elif bound.is_moved:
        note = f"Đã được gia hạn: thời hạn đang áp dụng là hết ngày {bound.due_on:%d/%m/%Y}."
    return Working(typo.typeset(f"{bound.what} – {bound.law}"), bound.lines, typo.typeset(note))


def _meeting_stories(meeting: Meeting) -> list[Story]:
    if not meeting.is_held:
        return []
    on, calendar = clock.today(), working_calendar(meeting.locality)
    standing = Standing(meeting, conclusion_snapshots(meeting), on=on, calendar=calendar)
    published = of_moves(move for move in moves_of(meeting) if move.obligation == Obligation.PUBLICATION)
    stories = [
        Story(Obligation.CONCLUSION_NOTICE.label, standing.history),
        Story(Obligation.PUBLICATION.label, published),
    ]
    return [story for story in stories if story.entries]


def _assignment_row(assignment: Assignment, meeting: Meeting) -> Row:
    due_on, number = assignment.due_on, assignment.opinion.number
    if assignment.state in ENDED:
        status = ENDED[assignment.state]
    elif assignment.is_paused:
        status = f"tạm dừng từ {assignment.paused_on:%d/%m/%Y}"
    else:
        status = _status(due_on, assignment.replied_on, meeting)
    return Row(
        what=typo.typeset(f"Trả lời ý kiến số {number} ({assignment.lead_department.name})"),
        law=typo.typeset(assignment.law),
        limit=_limit(assignment),
        due_on=due_on,
        status=status,
        by_rule=assignment.rule_due_on if assignment.rule_due_on != due_on else None,
    )


def _limit(assignment: Assignment) -> str:
    answer = assignment.rule_count()
    return typo.typeset(answer.limit) if answer else ""


def _assignment_facts(assignment: Assignment) -> list[tuple[str, str]]:
    opinion = assignment.opinion
    given = assignment.assigned_at.astimezone(clock.VIETNAM)
    latest = latest_day(assignment)
    if assignment.extension_days is None:
        extension = "quy định không nêu giới hạn"
    elif assignment.extension_days == 0:
        extension = "không được gia hạn"
    else:
        extension = f"chậm nhất đến {latest:%d/%m/%Y}"
    facts = [
        ("Hội nghị", f"{opinion.meeting.topic} ({_dmy(opinion.meeting.held_on, 'chưa tổ chức')})"),
        ("Ý kiến", f"số {opinion.number}, lĩnh vực {opinion.field.name}"),
        ("Nhiệm vụ", assignment.task),
        ("Cơ quan chủ trì", assignment.lead_department.name),
        ("Cơ quan phối hợp", "; ".join(assignment.coordinating) or "không có"),
        ("Giao lúc", f"{given:%H:%M} ngày {given:%d/%m/%Y}, {assignment.assigned_by.full_name}"),
        ("Trạng thái", str(assignment.get_state_display())),
        ("Gia hạn", extension),
        ("Tạm dừng", "quy định cho phép" if assignment.allows_pause else "quy định không cho phép"),
    ]
    return [(name, typo.typeset(value)) for name, value in facts]
