"""A matter goes to a department, which accepts it, works on it or gives it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Role, Unit, User
from audit.services import record
from deadlines import clock
from deadlines.counting import count
from deadlines.models import Obligation, Quantity
from deadlines.services import deadlines_for, hold_changes_off, working_calendar
from feedback.models import Assignment, AssignmentState, FieldDepartment, Opinion, OpinionState, ProgressNote
from feedback.services.common import (
    clean,
    day,
    drop_waiting_extension,
    host_clerks,
    latest_day_of,
    lock_assignment,
    lock_opinion,
    moment,
    move_assignment,
    move_opinion,
    officers,
    require_dialogue,
    tell,
)
from meetings.models import Meeting

# Where no regulation binds: what the demonstration localities practise for their notices.
DEFAULT_WORKING_DAYS = 10


@dataclass(frozen=True)
class ReplyDeadline:
    """By when a department has to reply, by which law, and how it was counted."""

    due_on: date
    law: str
    working_out: dict
    lines: list[str]
    is_default: bool = False
    # What the rule on replies says of more time and of stopping the clock; another rule says nothing of replies.
    extension_days: int | None = None
    allows_pause: bool = False


def reply_deadline(meeting: Meeting, *, counted_from: date) -> ReplyDeadline:
    """The earliest deadline of the rules on replies; else the conclusion rule's; else an explicit default."""
    scope = {"locality": meeting.locality, "level": meeting.level, "meeting_type": meeting.meeting_type}
    for obligation, prefix in ((Obligation.REPLY, ""), (Obligation.CONCLUSION_NOTICE, "Theo thời hạn kết luận: ")):
        found = deadlines_for(**scope, obligation=obligation, counted_from=counted_from)
        if found:
            first = found[0]
            says = first.rule if obligation == Obligation.REPLY else None
            return ReplyDeadline(
                first.due_on,
                f"{prefix}{first.law}"[:400],
                first.count.as_json(),
                list(first.count.lines()),
                extension_days=says.extension_days if says else None,
                allows_pause=bool(says and says.allows_pause),
            )
    counted = count(counted_from, DEFAULT_WORKING_DAYS, Quantity.WORKING_DAYS, working_calendar(meeting.locality))
    return ReplyDeadline(
        counted.due_on,
        f"Chưa có quy định về thời hạn trả lời; tạm áp dụng {DEFAULT_WORKING_DAYS} ngày làm việc.",
        counted.as_json(),
        list(counted.lines()),
        is_default=True,
    )


def propose_department(opinion: Opinion) -> Unit | None:
    """The department that the host gives this field's matters to, or those of the field above it."""
    fields = [opinion.field_id, opinion.field.parent_id]
    mapped = {
        row.field_id: row.department
        for row in FieldDepartment.objects.filter(
            unit=opinion.meeting.host_unit_id,
            field__in=[pk for pk in fields if pk],
            department__in=Unit.objects.active(on=clock.today()),
        ).select_related("department")
    }
    return next((mapped[pk] for pk in fields if pk in mapped), None)


@transaction.atomic
def assign_opinion(
    opinion: Opinion,
    *,
    actor: User,
    lead_department: Unit,
    coordinating_departments: Iterable[Unit] = (),
    task: str,
    due_on: date | None = None,
    due_reason: str = "",
    on: date | None = None,
) -> Assignment:
    """Hands the matter to a department. ``on`` is an earlier day when a past assignment is being entered."""
    hold_changes_off()
    opinion = lock_opinion(opinion.pk)
    require_dialogue(opinion)
    assigned_on = day(on)
    others = list(coordinating_departments)
    _check_departments(lead_department, others, assigned_on)
    if not clean(task):
        raise ServiceError(_("Say what the department has to do."), field="task")
    rule = reply_deadline(opinion.meeting, counted_from=assigned_on)
    due_on = due_on or rule.due_on
    _check_due_on(due_on, opinion.meeting, assigned_on, rule)
    if due_on != rule.due_on and not clean(due_reason):
        raise ServiceError(
            _("The rule gives %(date)s; say why another date is set.") % {"date": f"{rule.due_on:%d/%m/%Y}"},
            field="due_reason",
        )
    move_opinion(opinion, OpinionState.ASSIGNED)
    opinion.answered_on, opinion.resolution = None, ""
    opinion.save()
    assignment = Assignment.objects.create(
        opinion=opinion,
        lead_department=lead_department,
        task=clean(task),
        due_on=due_on,
        rule_due_on=rule.due_on,
        due_reason=clean(due_reason) if due_on != rule.due_on else "",
        law=rule.law,
        working_out=rule.working_out,
        extension_days=rule.extension_days,
        allows_pause=rule.allows_pause,
        assigned_by=actor,
        assigned_at=moment(on),
    )
    assignment.coordinating_departments.set(others)
    if assigned_on == clock.today():
        tell(
            officers(assignment),
            about=assignment,
            subject=f"Được giao ý kiến số {opinion.number}, thời hạn {due_on:%d/%m/%Y}",
            url=reverse("feedback:assignment", args=[assignment.pk]),
            role=Role.OFFICER,
            due_on=due_on,
        )
    record(
        actor=actor,
        verb="assign_opinion",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã giao ý kiến số {opinion.number} cho {lead_department}, thời hạn {due_on:%d/%m/%Y}",
        data={
            "assignment": assignment.pk,
            "due_on": due_on.isoformat(),
            "rule_due_on": rule.due_on.isoformat(),
            "due_reason": assignment.due_reason,
        },
    )
    return assignment


def _check_due_on(due_on: date, meeting: Meeting, assigned_on: date, rule: ReplyDeadline) -> None:
    """Another date than the rule's lies after what it is about, and not later than the rule may be extended to."""
    held_on = meeting.held_on or meeting.planned_day
    if due_on < held_on:
        raise ServiceError(
            _("The due date can't lie before the meeting of %(day)s.") % {"day": f"{held_on:%d/%m/%Y}"}, field="due_on"
        )
    if due_on < assigned_on:
        raise ServiceError(
            _("The due date can't lie before the day of the assignment, %(day)s.") % {"day": f"{assigned_on:%d/%m/%Y}"},
            field="due_on",
        )
    latest = latest_day_of(rule.working_out, rule.extension_days, working_calendar(meeting.locality))
    if latest is not None and due_on > max(latest, rule.due_on):
        raise ServiceError(
            _("By %(law)s the date can't lie after %(day)s.")
            % {"law": rule.law, "day": f"{max(latest, rule.due_on):%d/%m/%Y}"},
            field="due_on",
        )


def _check_departments(lead: Unit, others: list[Unit], on: date) -> None:
    if any(unit.pk == lead.pk for unit in others):
        raise ServiceError(
            _("The lead department can't be a coordinating one as well."), field="coordinating_departments"
        )
    for unit in [lead, *others]:
        if unit.dissolved_on is not None and unit.dissolved_on <= on:
            raise ServiceError(
                _("%(unit)s was dissolved on %(date)s.") % {"unit": unit.name, "date": f"{unit.dissolved_on:%d/%m/%Y}"},
                field="lead_department" if unit.pk == lead.pk else "coordinating_departments",
            )


@transaction.atomic
def withdraw_assignment(assignment: Assignment, *, actor: User, reason: str) -> Assignment:
    """Takes the matter back from the department; the opinion waits for a decision again."""
    assignment = lock_assignment(assignment.pk)
    if not clean(reason):
        raise ServiceError(_("Say why the assignment is withdrawn."), field="reason")
    take_back(assignment, actor=actor, reason=reason)
    move_opinion(assignment.opinion, OpinionState.RECORDED)
    assignment.opinion.save()
    record(
        actor=actor,
        verb="withdraw_assignment",
        target=assignment.opinion,
        parent=assignment.opinion.meeting,
        sentence=f"đã rút việc giao ý kiến số {assignment.opinion.number} cho {assignment.lead_department}: "
        f"{assignment.withdrawal_reason}",
    )
    return assignment


def take_back(assignment: Assignment, *, actor: User, reason: str) -> None:
    """Withdraws the assignment alone; the caller decides what becomes of the opinion."""
    move_assignment(assignment, AssignmentState.WITHDRAWN)
    assignment.withdrawn_at = clock.now()
    assignment.withdrawal_reason = clean(reason)
    assignment.save()
    drop_waiting_extension(assignment, actor=actor)
    tell(
        officers(assignment),
        about=assignment,
        subject=f"Đã rút việc giao ý kiến số {assignment.opinion.number}",
        body=assignment.withdrawal_reason,
        url=reverse("feedback:inbox"),
        role=Role.OFFICER,
    )


@transaction.atomic
def accept_assignment(assignment: Assignment, *, actor: User) -> Assignment:
    """The department takes the matter on."""
    assignment = lock_assignment(assignment.pk)
    if assignment.state == AssignmentState.REPLIED:
        raise ServiceError(_("The department has already replied."))
    move_assignment(assignment, AssignmentState.ACCEPTED)
    assignment.accepted_at = clock.now()
    assignment.save()
    record(
        actor=actor,
        verb="accept_assignment",
        target=assignment.opinion,
        parent=assignment.opinion.meeting,
        sentence=f"đã nhận xử lý ý kiến số {assignment.opinion.number}",
    )
    return assignment


@transaction.atomic
def return_assignment(assignment: Assignment, *, actor: User, reason: str) -> Assignment:
    """Not the department's matter: back to the clerk, with the reason."""
    assignment = lock_assignment(assignment.pk)
    if not clean(reason):
        raise ServiceError(_("Say why this is not your department's matter."), field="reason")
    move_assignment(assignment, AssignmentState.RETURNED)
    assignment.returned_at = clock.now()
    assignment.return_reason = clean(reason)
    assignment.save()
    drop_waiting_extension(assignment, actor=actor)
    opinion = assignment.opinion
    move_opinion(opinion, OpinionState.RECORDED)
    opinion.save()
    tell(
        host_clerks(opinion.meeting),
        about=assignment,
        subject=f"{assignment.lead_department} trả lại ý kiến số {opinion.number}",
        body=assignment.return_reason,
        url=reverse("feedback:opinion", args=[opinion.pk]),
        role=Role.CLERK,
    )
    record(
        actor=actor,
        verb="return_assignment",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã trả lại ý kiến số {opinion.number} vì không thuộc trách nhiệm: {assignment.return_reason}",
    )
    return assignment


@transaction.atomic
def note_progress(assignment: Assignment, *, actor: User, text: str) -> ProgressNote:
    """What the department has done so far."""
    assignment = lock_assignment(assignment.pk)
    if not clean(text):
        raise ServiceError(_("Write what has been done so far."), field="text")
    if not assignment.is_open:
        raise ServiceError(
            _("The assignment is “%(state)s” now; no progress can be noted any more.")
            % {"state": assignment.get_state_display().lower()}
        )
    last = assignment.progress_notes.order_by("at", "pk").last()
    if last is not None and (last.author_id, last.text) == (actor.pk, clean(text)):
        return last  # the button was pressed twice
    note = ProgressNote.objects.create(assignment=assignment, text=clean(text), author=actor)
    record(
        actor=actor,
        verb="note_progress",
        target=assignment.opinion,
        parent=assignment.opinion.meeting,
        sentence=f"đã ghi tiến độ xử lý ý kiến số {assignment.opinion.number}",
    )
    return note
