"""What the services share: locking in one order (meeting, opinion, assignment) and re-checking the state."""

from collections.abc import Iterable
from datetime import date, datetime, time

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.errors import ServiceError, StaleVersion
from accounts.models import Role, Unit, User
from accounts.text import fold, nfc
from deadlines import clock
from deadlines.counting import MAX_NUMBER, Calendar, Count, count
from deadlines.models import Reminder, ReminderKind
from deadlines.services import remind
from feedback.models import (
    ASSIGNMENT_TRANSITIONS,
    OPINION_TRANSITIONS,
    Assignment,
    Category,
    Extension,
    Opinion,
    OpinionSearch,
    Reply,
    Verdict,
)
from meetings.models import Meeting


def clean(text: str) -> str:
    """Text as it is stored: composed letters, no space around it, one kind of line end."""
    return nfc(text or "").replace("\r\n", "\n").strip()


def lock_meeting(pk: int) -> Meeting:
    return Meeting.objects.select_for_update().get(pk=pk)


def lock_opinion(pk: int) -> Opinion:
    return Opinion.objects.select_for_update(of=("self",)).select_related("meeting", "field").get(pk=pk)


def lock_assignment(pk: int) -> Assignment:
    """The assignment with its opinion, the opinion locked first so that no two services wait for each other."""
    opinion = lock_opinion(Assignment.objects.values_list("opinion", flat=True).get(pk=pk))
    assignment = Assignment.objects.select_for_update(of=("self",)).select_related("lead_department").get(pk=pk)
    assignment.opinion = opinion
    return assignment


def require_open(meeting: Meeting) -> None:
    if not meeting.is_open:
        raise ServiceError(_("The meeting is closed or cancelled; its record can no longer be changed."))


def require_version(opinion: Opinion, version: int) -> None:
    if opinion.version != version:
        raise StaleVersion(_("Somebody else saved this opinion first."), current=opinion)


def require_dialogue(opinion: Opinion) -> None:
    """Complaints and denunciations follow their own laws and are never settled as dialogue opinions."""
    if opinion.is_statutory:
        raise ServiceError(
            _("Complaints and denunciations are not settled as dialogue opinions; they leave by a transfer slip.")
        )


def move_opinion(opinion: Opinion, state: str) -> None:
    """The state after a service; the caller saves."""
    if state not in OPINION_TRANSITIONS[opinion.state]:
        raise ServiceError(
            _("The opinion is “%(state)s” now, so this can no longer be done.")
            % {"state": opinion.get_state_display().lower()}
        )
    opinion.state = state
    opinion.version += 1


def move_assignment(assignment: Assignment, state: str) -> None:
    """The state after a service; the caller saves."""
    if state not in ASSIGNMENT_TRANSITIONS[assignment.state]:
        raise ServiceError(
            _("The assignment is “%(state)s” now, so this can no longer be done.")
            % {"state": assignment.get_state_display().lower()}
        )
    assignment.state = state
    assignment.version += 1


def moment(on: date | None) -> datetime:
    """Now, or noon of an earlier day when something that happened before is being entered."""
    if on is None or on >= clock.today():
        return clock.now()
    return datetime.combine(on, time(12), tzinfo=clock.VIETNAM)


def day(on: date | None) -> date:
    today = clock.today()
    if on is not None and on > today:
        raise ServiceError(_("The day can't lie in the future."))
    return on or today


def drop_waiting_extension(assignment: Assignment, *, actor: User) -> None:
    """A request for more time ends with the work it was for."""
    assignment.extensions.filter(verdict=Verdict.WAITING).update(
        verdict=Verdict.REFUSED,
        verdict_by=actor,
        verdict_at=clock.now(),
        remark="Không còn cần xem xét: nhiệm vụ không còn chờ cơ quan xử lý.",
    )


def index_opinion(opinion: Opinion) -> None:
    """Keeps the side row of the search. A denunciation has none: nobody may find it by its words."""
    if opinion.category == Category.DENUNCIATION:
        OpinionSearch.objects.filter(opinion=opinion).delete()
        return
    OpinionSearch.objects.update_or_create(
        opinion=opinion, defaults={"folded": fold(f"{opinion.text} {opinion.answer}")}
    )


def forget_told(opinion: Opinion) -> None:
    """Takes the words of a matter that turned out to be a complaint or denunciation out of earlier reminders."""
    told = {
        Assignment: opinion.assignments.values("pk"),
        Extension: Extension.objects.filter(assignment__opinion=opinion).values("pk"),
        Reply: Reply.objects.filter(assignment__opinion=opinion).values("pk"),
    }
    for model, keys in told.items():
        Reminder.objects.filter(target_type=model._meta.label_lower, target_id__in=keys).update(body="")


def people_of(units: Iterable[Unit | int], *roles: str) -> list[User]:
    """Active people who hold one of the roles today in one of the units."""
    today = clock.today()
    return list(
        User.objects.filter(
            Q(memberships__valid_to=None) | Q(memberships__valid_to__gte=today),
            is_active=True,
            memberships__unit__in=list(units),
            memberships__role__in=roles,
            memberships__valid_from__lte=today,
        )
        .distinct()
        .order_by("pk")
    )


def tell(people: Iterable[User], *, about, subject: str, url: str, role: str, body: str = "", due_on=None) -> None:
    """An in-app message with its e-mail, once about each state of a record: its version or verdict is the occasion.

    What happens twice in a day, such as being sent back, is told twice; a double click is told once.
    """
    today, occasion = clock.today(), str(getattr(about, "version", getattr(about, "verdict", "")))
    for person in people:
        remind(
            kind=ReminderKind.INFORMATION,
            target=about,
            recipient=person,
            for_day=today,
            due_on=due_on,
            subject=subject[:300],
            body=body,
            url=url,
            role=role,
            occasion=occasion,
        )


def host_clerks(meeting: Meeting) -> list[User]:
    return people_of([meeting.host_unit_id], Role.CLERK)


def officers(assignment: Assignment) -> list[User]:
    return people_of([assignment.lead_department_id], Role.OFFICER)


def latest_day_of(working_out: dict, extension_days: int | None, calendar: Calendar) -> date | None:
    """The last day to which a limit may be extended in all; None where the regulation says nothing of it."""
    if extension_days is None or not working_out:
        return None
    limit = Count.from_json(working_out)
    return count(limit.start, min(limit.number + extension_days, MAX_NUMBER), limit.unit, calendar).due_on


def waiting_extension(assignment: Assignment) -> Extension | None:
    return assignment.extensions.filter(verdict=Verdict.WAITING).first()
