"""Invitations and their answers."""

from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Membership, Role, Unit, User
from accounts.policies import require
from audit.services import record
from deadlines import clock
from deadlines.models import ReminderKind
from deadlines.services import remind
from meetings import policies
from meetings.models import Invitation, InvitationAnswer, Meeting
from meetings.services.common import clean_text, lock, lock_open, vn_moment


@transaction.atomic
def invite(meeting: Meeting, *, actor: User, units: Iterable[Unit] = (), names: Iterable[str] = ()) -> list[Invitation]:
    """Invites units of the system and bodies or persons outside it; who is invited already stays so."""
    lock_open(meeting, actor=actor)
    invited_units = set(meeting.invitations.exclude(unit=None).values_list("unit_id", flat=True))
    invited_names = set(meeting.invitations.filter(unit=None).values_list("name", flat=True))
    rows = []
    for unit in units:
        if unit.pk not in invited_units:
            invited_units.add(unit.pk)
            rows.append(Invitation(meeting=meeting, unit=unit))
    for name in map(clean_text, names):
        if len(name) > 200:
            raise ServiceError(_("A name has at most 200 characters, one on each line."), field="names")
        if name and name not in invited_names:
            invited_names.add(name)
            rows.append(Invitation(meeting=meeting, name=name))
    created = Invitation.objects.bulk_create(rows)
    _tell(created)
    if created:
        record(
            actor=actor,
            verb="invite",
            target=meeting,
            sentence="đã mời: " + "; ".join(str(row) for row in created),
        )
    return created


def _tell(invitations: list[Invitation]) -> None:
    """The people of an invited unit find the invitation among their messages."""
    by_unit = {invitation.unit_id: invitation for invitation in invitations if invitation.unit_id}
    people = (
        Membership.objects.current(on=clock.today())
        .filter(unit__in=by_unit, role__in=(*policies.WRITERS, Role.OFFICER), user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    for membership in people:
        invitation = by_unit[membership.unit_id]
        meeting = invitation.meeting
        remind(
            kind=ReminderKind.INFORMATION,
            target=invitation,
            recipient=membership.user,
            role=membership.role,
            for_day=clock.today(),
            due_on=None,
            subject=f"Mời dự hội nghị lúc {vn_moment(meeting.planned_start)}: {meeting.topic}",
            body="Đề nghị cơ quan, đơn vị trả lời và cho biết người được cử dự.",
            url=reverse("meetings:invitation_answer", args=[invitation.pk]),
        )


@transaction.atomic
def answer_invitation(
    invitation: Invitation, *, actor: User, answer: str, person: str = "", position: str = ""
) -> Invitation:
    lock(invitation.meeting)
    invitation.refresh_from_db(from_queryset=Invitation.objects.select_for_update())
    decision = policies.is_open(invitation.meeting)
    if not decision:
        raise ServiceError(decision.reason)
    require(policies.may_answer_invitation(actor, invitation))
    person, position = clean_text(person), clean_text(position)
    if answer == InvitationAnswer.ACCEPTED and not person and invitation.unit_id is not None:
        raise ServiceError(_("Name the person whom the unit sends."), field="person")
    invitation.answer = InvitationAnswer(answer)
    invitation.person, invitation.position = person, position
    invitation.save()
    words = {
        InvitationAnswer.ACCEPTED: f"sẽ dự, cử {person}" if person else "sẽ dự",
        InvitationAnswer.DECLINED: "không dự được",
        InvitationAnswer.WAITING: "chưa trả lời",
    }
    record(
        actor=actor,
        verb="answer_invitation",
        target=invitation,
        parent=invitation.meeting,
        sentence=f"đã ghi trả lời lời mời của {invitation}: {words[invitation.answer]}",
    )
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, actor: User) -> None:
    meeting = invitation.meeting
    lock_open(meeting, actor=actor)
    name = str(invitation)
    invitation.delete()
    record(actor=actor, verb="withdraw_invitation", target=meeting, sentence=f"đã rút lời mời {name}")
