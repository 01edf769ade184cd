"""Reminders of assignments: before the due day, on it, and for as long as they are late."""

from collections import defaultdict
from datetime import date

from django.db.models import Max, Q
from django.urls import reverse

from accounts.models import Membership, Role
from deadlines import clock
from deadlines.models import ReminderKind
from deadlines.reminding import PlannedReminder, Stage
from deadlines.services import Audience, Kinds, working_calendars
from deadlines.services.calendar import calendar_memo
from deadlines.services.reminders import planned_rows, write_planned
from feedback.models import OPEN_ASSIGNMENT_STATES, Assignment, Extension, Verdict

KINDS = Kinds(
    due=ReminderKind.ASSIGNMENT_DUE, late=ReminderKind.ASSIGNMENT_LATE, escalated=ReminderKind.ASSIGNMENT_ESCALATED
)
CHUNK = 200
# Nothing is planned earlier than three working days before the due day; two weeks hold the longest holiday.
LOOK_AHEAD_DAYS = 21


def remind_of_open_assignments(*, today: date | None = None) -> int:
    """Plans every open assignment's reminders up to today and writes those that are missing.

    Officers of the lead department and the host's clerks hear 3 and 1 working days before, on the due day, and daily
    once it is late; the leaders of the department's superior body hear from the first working day late.
    """
    today = today or clock.today()
    horizon = date.fromordinal(today.toordinal() + LOOK_AHEAD_DAYS)
    near = (
        Assignment.objects.filter(state__in=OPEN_ASSIGNMENT_STATES, due_on__lte=horizon)
        .select_related("lead_department__locality", "opinion__meeting__locality")
        .order_by("pk")
    )
    written, chunk = 0, []
    with calendar_memo():
        for assignment in near.iterator(chunk_size=CHUNK):
            chunk.append(assignment)
            if len(chunk) == CHUNK:
                written += _remind(chunk, today)
                chunk = []
        return written + (_remind(chunk, today) if chunk else 0)


def _remind(assignments: list[Assignment], today: date) -> int:
    people = _people(assignments, today)
    moved = _granted_on(assignments)
    calendars = working_calendars([one.opinion.meeting.locality for one in assignments])
    rows = []
    for one in assignments:
        rows += planned_rows(
            target=one,
            due_on=one.due_on,
            today=today,
            calendar=calendars[one.opinion.meeting.locality.path],
            audience=_audience(one, people),
            kinds=KINDS,
            words=lambda planned, one=one: _words(one, planned),
            url=reverse("feedback:assignment", args=[one.pk]),
            since=max(one.assigned_at.astimezone(clock.VIETNAM).date(), moved.get(one.pk, date.min)),
        )
    write_planned(rows)
    return len(rows)


def _people(assignments: list[Assignment], today: date) -> dict[tuple[int, str], list[int]]:
    """Who holds which role today in the units that matter: (unit, role) → people, one query for all."""
    officers = {one.lead_department_id for one in assignments}
    hosts = {one.opinion.meeting.host_unit_id for one in assignments}
    superiors = {one.lead_department.superior_id for one in assignments} - {None}
    held = (
        Membership.objects.current(on=today)
        .filter(
            Q(unit__in=officers, role=Role.OFFICER)
            | Q(unit__in=hosts, role=Role.CLERK)
            | Q(unit__in=superiors, role=Role.LEADER),
            user__is_active=True,
        )
        .order_by("pk")
        .values_list("unit", "role", "user")
    )
    people = defaultdict(list)
    for unit, role, user in held:
        people[unit, role].append(user)
    return people


def _audience(assignment: Assignment, people) -> list[Audience]:
    officers = people[assignment.lead_department_id, Role.OFFICER]
    clerks = people[assignment.opinion.meeting.host_unit_id, Role.CLERK]
    leaders = people[assignment.lead_department.superior_id, Role.LEADER]
    return [
        *(Audience(user, Role.OFFICER) for user in officers),
        *(Audience(user, Role.CLERK) for user in clerks if user not in officers),
        *(Audience(user, Role.LEADER, is_superior=True) for user in leaders),
    ]


def _granted_on(assignments: list[Assignment]) -> dict[int, date]:
    """The day on which the date was last moved: what the old date would have asked for is not made up."""
    granted = (
        Extension.objects.filter(assignment__in=[one.pk for one in assignments], verdict=Verdict.ACCEPTED)
        .order_by()
        .values_list("assignment")
        .annotate(last=Max("verdict_at"))
    )
    return {pk: last.astimezone(clock.VIETNAM).date() for pk, last in granted}


def _words(assignment: Assignment, planned: PlannedReminder) -> tuple[str, str]:
    what = f"trả lời ý kiến số {assignment.opinion.number}"
    unit, due = assignment.lead_department.name, f"{assignment.due_on:%d/%m/%Y}"
    body = f"{assignment.opinion.meeting.topic}\n{assignment.task}\nThời hạn: {due}"
    if planned.stage == Stage.BEFORE:
        return f"Còn {planned.days} ngày làm việc để {what} ({unit})", body
    if planned.stage == Stage.DUE:
        return f"Hôm nay đến hạn {what} ({unit})", body
    if planned.stage == Stage.ESCALATED:
        return f"{unit} quá hạn {planned.days} ngày làm việc, chưa {what}", body
    return f"Quá hạn {planned.days} ngày làm việc, chưa {what} ({unit})", body
