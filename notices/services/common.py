"""What the services of this app share: one order of locking (meeting, notice, register), text, messages."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.errors import ServiceError
from accounts.models import Membership, Role, Unit, User
from accounts.policies import Decision, require
from accounts.text import nfc
from deadlines import clock
from deadlines.models import ReminderKind
from deadlines.services import remind
from meetings.models import Meeting
from notices.models import Notice


def lock(notice: Notice) -> Notice:
    """The notice as it is saved now, locked with its meeting until the transaction ends."""
    meeting = Meeting.objects.select_for_update().get(pk=notice.meeting_id)
    locked = (
        Notice.objects.select_for_update(of=("self",))
        .select_related("unit__superior", "unit__locality")
        .get(pk=notice.pk)
    )
    meeting.host_unit = locked.unit
    locked.meeting = meeting
    return locked


def lock_meeting(pk: int) -> Meeting:
    """The meeting as it is saved now, locked until the transaction ends."""
    meetings = Meeting.objects.select_for_update(of=("self",)).select_related("locality", "host_unit__superior")
    return meetings.get(pk=pk)


def demand(role: Decision, state: Decision) -> None:
    """A refusal for the person's role answers 403, one for the notice's state 409."""
    require(role)
    if not state:
        raise ServiceError(state.reason)


def clean(text: str | None) -> str:
    return nfc(text or "").replace("\x00", "").replace("\r\n", "\n").strip()


def give_back(locked: Notice, notice: Notice) -> Notice:
    """Brings the caller's instance up to date."""
    for field in locked._meta.concrete_fields:
        setattr(notice, field.attname, getattr(locked, field.attname))
    notice.meeting = locked.meeting
    return notice


def people_of(unit: Unit, *roles: str) -> list[User]:
    memberships = Membership.objects.current(on=clock.today()).filter(unit=unit, role__in=roles, user__is_active=True)
    return list({m.user_id: m.user for m in memberships.select_related("user").order_by("pk")}.values())


def tell(target, notice: Notice, people: Iterable[User], *, actor: User, subject: str, body: str = "", role: str = ""):
    """A message to each of the people except the one who acts, once about each version of the record.

    A notice that is submitted again after it was returned is told of again; a double click is told of once.
    """
    url = reverse("notices:detail", kwargs={"pk": notice.pk})
    for person in people:
        if person.pk != actor.pk:
            remind(
                kind=ReminderKind.INFORMATION,
                target=target,
                recipient=person,
                for_day=clock.today(),
                due_on=notice.due_on,
                subject=subject,
                body=body,
                url=url,
                role=role,
                occasion=str(getattr(target, "version", "")),
            )


def tell_of_meeting(
    target,
    meeting: Meeting,
    people: Iterable[User],
    *,
    actor: User,
    subject: str,
    body: str = "",
    role: str = "",
    occasion: str = "",
):
    """The same of a meeting whose notice may not be drafted yet; it leads to the tab of the notice."""
    url = reverse("notices:meeting_notice", kwargs={"pk": meeting.pk})
    for person in people:
        if person.pk != actor.pk:
            remind(
                kind=ReminderKind.INFORMATION,
                target=target,
                recipient=person,
                for_day=clock.today(),
                due_on=meeting.conclusion_due_on,
                subject=subject,
                body=body,
                url=url,
                role=role,
                occasion=occasion,
            )


LEADER, CLERK = Role.LEADER, Role.CLERK
