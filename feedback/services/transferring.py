"""A matter leaves for the body that has to deal with it."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import User
from audit.services import record
from feedback.models import Assignment, AssignmentState, Opinion, OpinionState, TransferSlip
from feedback.services.assigning import take_back
from feedback.services.common import clean, day, lock_opinion, move_opinion


@transaction.atomic
def transfer_opinion(
    opinion: Opinion, *, actor: User, transferred_to: str, reason: str, on: date | None = None
) -> TransferSlip:
    """Writes the transfer slip (phiếu chuyển). An assignment that is still open is withdrawn with it."""
    opinion = lock_opinion(opinion.pk)
    transferred_on = day(on)
    if not clean(transferred_to):
        raise ServiceError(_("Name the competent body."), field="transferred_to")
    if not clean(reason):
        raise ServiceError(_("Give the ground for the transfer."), field="reason")
    assignment = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("lead_department")
        .filter(opinion=opinion, state__in=[AssignmentState.SENT, AssignmentState.ACCEPTED, AssignmentState.REPLIED])
        .first()
    )
    if assignment is not None:
        assignment.opinion = opinion
        take_back(assignment, actor=actor, reason=reason)
    move_opinion(opinion, OpinionState.TRANSFERRED)
    opinion.save()
    slip = TransferSlip.objects.create(
        opinion=opinion,
        transferred_to=clean(transferred_to),
        reason=clean(reason),
        transferred_on=transferred_on,
        transferred_by=actor,
    )
    # The meeting's history is read by people who must not learn that a complaint or denunciation was made.
    where = "" if opinion.is_statutory else f" đến {slip.transferred_to}"
    record(
        actor=actor,
        verb="transfer_opinion",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã lập phiếu chuyển ý kiến số {opinion.number}{where}",
    )
    return slip
