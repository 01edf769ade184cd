"""Who is told that a conclusion notice is due or late, and in which words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import islice

from django.urls import reverse

from accounts.models import Membership, Role
from deadlines import clock
from deadlines.models import ReminderKind
from deadlines.reminding import PlannedReminder, Stage
from deadlines.services import Audience, Kinds, planned_rows, working_calendars, write_planned
from meetings.models import Meeting

KINDS = Kinds(due=ReminderKind.NOTICE_DUE, late=ReminderKind.NOTICE_LATE, escalated=ReminderKind.NOTICE_ESCALATED)
# Three working days before a due date lie within this many days, even around Tết.
HORIZON = timedelta(days=21)
CHUNK = 200


def _chunks(meetings: Iterable[Meeting], size: int) -> Iterator[list[Meeting]]:
    meetings = iter(meetings)
    while chunk := list(islice(meetings, size)):
        yield chunk


def _people(meetings: list[Meeting], today: date) -> dict[int, list[Membership]]:
    """Clerks and leaders of the host units and of the units above them, by unit; one query."""
    units = set()
    for meeting in meetings:
        unit = meeting.host_unit
        while unit is not None:
            units.add(unit.pk)
            unit = unit.superior if unit.superior_id and "superior" in unit._state.fields_cache else None
    found = defaultdict(list)
    memberships = Membership.objects.current(on=today).filter(
        unit__in=units, role__in=[Role.CLERK, Role.LEADER], user__is_active=True
    )
    for membership in memberships.order_by("pk"):
        found[membership.unit_id].append(membership)
    return found


def _audience(meeting: Meeting, people: dict[int, list[Membership]]) -> list[Audience]:
    """Clerks and leaders of the host; for the escalation the leaders of the nearest unit above that has one."""
    told = [Audience(m.user_id, m.role) for m in people[meeting.host_unit_id]]
    unit = meeting.host_unit
    while "superior" in unit._state.fields_cache and unit.superior is not None:
        unit = unit.superior
        leaders = [Audience(m.user_id, m.role, is_superior=True) for m in people[unit.pk] if m.role == Role.LEADER]
        if leaders:
            return [*told, *leaders]
    return told


def _words(meeting: Meeting, planned: PlannedReminder) -> tuple[str, str]:
    due = f"{meeting.conclusion_due_on:%d/%m/%Y}"
    subject = {
        Stage.BEFORE: f"Còn {planned.days} ngày làm việc để ban hành thông báo kết luận: {meeting.topic}",
        Stage.DUE: f"Hôm nay là hạn ban hành thông báo kết luận: {meeting.topic}",
        Stage.LATE: f"Thông báo kết luận đã quá hạn {planned.days} ngày làm việc: {meeting.topic}",
        Stage.ESCALATED: (
            f"{meeting.host_unit.name} chậm ban hành thông báo kết luận {planned.days} ngày làm việc: {meeting.topic}"
        ),
    }[planned.stage]
    body = (
        f"Hội nghị ngày {meeting.held_on:%d/%m/%Y} của {meeting.host_unit.name}; hạn ban hành thông báo kết luận là "
        f"ngày {due}."
    )
    return subject, body


def remind_of_due_notices(*, today: date | None = None, chunk: int = CHUNK) -> int:
    """Writes every reminder that should exist by today and doesn't yet; how many should.

    A few hundred meetings at a time, each lot saved by itself: killed in the middle, the next run makes up the rest.
    """
    today = today or clock.today()
    waiting = (
        Meeting.objects.awaiting_conclusion()
        .filter(conclusion_due_on__lte=today + HORIZON)
        .select_related("locality", "host_unit__superior__superior")
        .order_by("pk")
    )
    number = 0
    for meetings in _chunks(waiting.iterator(chunk_size=chunk), chunk):
        calendars = working_calendars([meeting.locality for meeting in meetings])
        people = _people(meetings, today)
        rows = []
        for meeting in meetings:
            rows += planned_rows(
                target=meeting,
                due_on=meeting.conclusion_due_on,
                today=today,
                calendar=calendars[meeting.locality.path],
                audience=_audience(meeting, people),
                kinds=KINDS,
                words=lambda planned, meeting=meeting: _words(meeting, planned),
                url=reverse("notices:meeting_notice", kwargs={"pk": meeting.pk}),
                since=meeting.held_on,
            )
        write_planned(rows)
        number += len(rows)
    return number
