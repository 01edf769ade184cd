"""A department asks for more time; the leader of the host decides."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Role, User
from audit.services import record
from deadlines import clock
from feedback.models import Assignment, Extension, Verdict
from feedback.services.common import clean, lock_assignment, officers, people_of, tell, waiting_extension


def _require_open(assignment: Assignment) -> None:
    if not assignment.is_open:
        raise ServiceError(
            _("The assignment is “%(state)s” now; its date can no longer be moved.")
            % {"state": assignment.get_state_display().lower()}
        )


@transaction.atomic
def request_extension(assignment: Assignment, *, actor: User, asked_until: date, reason: str) -> Extension:
    """Asks for a later date, once at a time."""
    assignment = lock_assignment(assignment.pk)
    _require_open(assignment)
    if not clean(reason):
        raise ServiceError(_("Say why more time is needed."), field="reason")
    if asked_until <= assignment.due_on:
        raise ServiceError(
            _("The new date has to lie after %(date)s.") % {"date": f"{assignment.due_on:%d/%m/%Y}"},
            field="asked_until",
        )
    if asked_until < clock.today():
        raise ServiceError(_("The new date can't lie in the past."), field="asked_until")
    if waiting_extension(assignment):
        raise ServiceError(_("A request for more time is already waiting for the leader's decision."))
    extension = Extension.objects.create(
        assignment=assignment,
        asked_until=asked_until,
        reason=clean(reason),
        asked_by=actor,
        due_on_before=assignment.due_on,
    )
    opinion = assignment.opinion
    tell(
        people_of([opinion.meeting.host_unit_id], Role.LEADER),
        about=extension,
        subject=f"{assignment.lead_department} đề nghị gia hạn ý kiến số {opinion.number} đến {asked_until:%d/%m/%Y}",
        body=extension.reason,
        url=reverse("feedback:opinion", args=[opinion.pk]),
        role=Role.LEADER,
        due_on=assignment.due_on,
    )
    record(
        actor=actor,
        verb="request_extension",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã đề nghị gia hạn ý kiến số {opinion.number} đến {asked_until:%d/%m/%Y}: {extension.reason}",
    )
    return extension


@transaction.atomic
def decide_extension(extension: Extension, *, actor: User, is_granted: bool, remark: str = "") -> Extension:
    """Grants the later date or refuses it; a refusal says why."""
    assignment = lock_assignment(extension.assignment_id)
    extension = Extension.objects.select_for_update().get(pk=extension.pk)
    if extension.verdict != Verdict.WAITING:
        raise ServiceError(_("This request has already been decided."))
    _require_open(assignment)
    if not is_granted and not clean(remark):
        raise ServiceError(_("Say why more time is refused."), field="remark")
    extension.verdict = Verdict.ACCEPTED if is_granted else Verdict.REFUSED
    extension.verdict_by = actor
    extension.verdict_at = clock.now()
    extension.remark = clean(remark)
    extension.save()
    if is_granted:
        assignment.due_on = extension.asked_until
        assignment.due_reason = f"Gia hạn: {extension.reason}"[:300]
        assignment.version += 1
        assignment.save()
    opinion = assignment.opinion
    verdict = "đồng ý" if is_granted else "không đồng ý"
    tell(
        officers(assignment),
        about=extension,
        subject=f"Lãnh đạo {verdict} gia hạn ý kiến số {opinion.number}, thời hạn {assignment.due_on:%d/%m/%Y}",
        body=extension.remark,
        url=reverse("feedback:assignment", args=[assignment.pk]),
        role=Role.OFFICER,
        due_on=assignment.due_on,
    )
    record(
        actor=actor,
        verb="decide_extension",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã {verdict} gia hạn ý kiến số {opinion.number} đến {extension.asked_until:%d/%m/%Y}"
        + (f": {extension.remark}" if extension.remark else ""),
        data={"due_on_before": extension.due_on_before.isoformat(), "due_on": assignment.due_on.isoformat()},
    )
    return extension
