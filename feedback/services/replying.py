"""The department replies; the clerk or the leader accepts the reply or sends it back."""

from collections.abc import Iterable
from datetime import date

from django.core.files.base import File
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Role, User
from audit.services import record
from deadlines import clock
from deadlines.models import Obligation
from deadlines.services import catch_up
from feedback.models import (
    Assignment,
    AssignmentState,
    OpinionState,
    Reply,
    ReplyDocument,
    Resolution,
    Verdict,
)
from feedback.services.common import (
    clean,
    day,
    drop_waiting_extension,
    host_clerks,
    index_opinion,
    lock_assignment,
    moment,
    move_assignment,
    move_opinion,
    officers,
    tell,
)
from feedback.services.pausing import run_on
from meetings.uploads import check_upload


@transaction.atomic
def reply_to_assignment(
    assignment: Assignment,
    *,
    actor: User,
    text: str,
    resolution: str,
    promised_on: date | None = None,
    transferred_to: str = "",
    documents: Iterable[File] = (),
    on: date | None = None,
) -> Reply:
    """Sends the department's reply, which then waits for acceptance. ``on``: see ``assign_opinion``."""
    catch_up(assignment, Obligation.REPLY, path=assignment.opinion.meeting.locality.path)
    assignment = lock_assignment(assignment.pk)
    replied_on = day(on)
    if assignment.state == AssignmentState.WITHDRAWN:
        raise ServiceError(_("The assignment was withdrawn before your reply arrived; nothing was sent."))
    if assignment.state == AssignmentState.REPLIED:
        raise ServiceError(_("A reply of your department is already waiting for acceptance."))
    if not clean(text):
        raise ServiceError(_("Write the reply."), field="text")
    if resolution == Resolution.UNDER_WAY and promised_on is None:
        raise ServiceError(_("Say by which date it will be done."), field="promised_on")
    if resolution == Resolution.UNDER_WAY and promised_on < replied_on:
        raise ServiceError(_("The promised date can't lie in the past."), field="promised_on")
    if resolution == Resolution.BEYOND_AUTHORITY and not clean(transferred_to):
        raise ServiceError(_("Name the body that the matter belongs to."), field="transferred_to")
    move_assignment(assignment, AssignmentState.REPLIED)
    if assignment.paused_on is not None:
        run_on(assignment, actor=actor, on=replied_on)  # the days that stood still are not counted as late
    assignment.replied_on = replied_on
    assignment.accepted_at = assignment.accepted_at or moment(on)
    assignment.save()
    drop_waiting_extension(assignment, actor=actor)
    reply = Reply.objects.create(
        assignment=assignment,
        text=clean(text),
        resolution=resolution,
        promised_on=promised_on if resolution == Resolution.UNDER_WAY else None,
        transferred_to=clean(transferred_to) if resolution == Resolution.BEYOND_AUTHORITY else "",
        author=actor,
    )
    for upload in documents:
        checked = check_upload(upload)
        ReplyDocument.objects.create(
            reply=reply,
            file=upload,
            original_name=checked.name,
            content_type=checked.content_type,
            size=checked.size,
            sha256=checked.sha256,
            uploaded_by=actor,
        )
    opinion = assignment.opinion
    if replied_on == clock.today():
        tell(
            host_clerks(opinion.meeting),
            about=reply,
            subject=f"{assignment.lead_department} đã trả lời ý kiến số {opinion.number}",
            url=reverse("feedback:opinion", args=[opinion.pk]),
            role=Role.CLERK,
        )
    record(
        actor=actor,
        verb="reply_to_assignment",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã gửi văn bản trả lời ý kiến số {opinion.number} ({reply.get_resolution_display().lower()})",
        data={"reply": reply.pk, "replied_on": replied_on.isoformat()},
    )
    return reply


def _lock_waiting(reply: Reply) -> tuple[Assignment, Reply]:
    assignment = lock_assignment(reply.assignment_id)
    reply = Reply.objects.select_for_update().get(pk=reply.pk)
    if reply.verdict != Verdict.WAITING:
        raise ServiceError(_("This reply has already been decided upon."))
    return assignment, reply


@transaction.atomic
def accept_reply(reply: Reply, *, actor: User, on: date | None = None) -> Reply:
    """The reply becomes the answer to the opinion."""
    assignment, reply = _lock_waiting(reply)
    move_assignment(assignment, AssignmentState.SETTLED)
    assignment.settled_at = moment(on)
    assignment.save()
    reply.verdict, reply.verdict_by, reply.verdict_at = Verdict.ACCEPTED, actor, moment(on)
    reply.save()
    opinion = assignment.opinion
    move_opinion(opinion, OpinionState.REPLIED)
    opinion.answer = reply.text
    opinion.answered_by = assignment.lead_department.name
    opinion.answered_on = day(on)
    opinion.resolution = reply.resolution
    opinion.promised_on = reply.promised_on
    opinion.save()
    index_opinion(opinion)
    record(
        actor=actor,
        verb="accept_reply",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã chấp nhận nội dung trả lời ý kiến số {opinion.number}",
        data={"reply": reply.pk, "resolution": reply.resolution},
    )
    return reply


@transaction.atomic
def send_back_reply(reply: Reply, *, actor: User, remark: str) -> Reply:
    """The reply is not good enough: back to the department, with what is missing."""
    assignment, reply = _lock_waiting(reply)
    if not clean(remark):
        raise ServiceError(_("Say what the reply still lacks."), field="remark")
    move_assignment(assignment, AssignmentState.ACCEPTED)
    assignment.replied_on = None
    assignment.save()
    reply.verdict, reply.verdict_by, reply.verdict_at = Verdict.REFUSED, actor, clock.now()
    reply.remark = clean(remark)
    reply.save()
    opinion = assignment.opinion
    tell(
        officers(assignment),
        about=reply,
        subject=f"Nội dung trả lời ý kiến số {opinion.number} được yêu cầu bổ sung",
        body=reply.remark,
        url=reverse("feedback:assignment", args=[assignment.pk]),
        role=Role.OFFICER,
        due_on=assignment.due_on,
    )
    record(
        actor=actor,
        verb="send_back_reply",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã yêu cầu bổ sung nội dung trả lời ý kiến số {opinion.number}: {reply.remark}",
        data={"reply": reply.pk},
    )
    return reply
