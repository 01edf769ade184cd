"""The ledger of reminders: writes each once, however often it is asked to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db import models, transaction
from django.utils import timezone

from accounts.models import User
from deadlines.counting import Calendar
from deadlines.models import Reminder
from deadlines.reminding import BEFORE, ESCALATE_AFTER, PlannedReminder, Stage, reminder_plan


@transaction.atomic
def remind(
    *,
    kind: str,
    target: models.Model,
    recipient: User,
    for_day: date,
    due_on: date | None,
    subject: str,
    body: str = "",
    url: str = "",
    role: str = "",
    occasion: str = "",
) -> bool:
    """Writes the reminder unless it exists; True when it was written now. Two at once write it once.

    ``occasion`` tells two messages of one kind, target and day apart.
    """
    _reminder, is_new = Reminder.objects.get_or_create(
        kind=kind,
        target_type=target._meta.label_lower,
        target_id=target.pk,
        recipient=recipient,
        for_day=for_day,
        occasion=occasion,
        defaults={
            "recipient_role": role,
            "due_on": due_on,
            "subject": subject[:300],
            "body": body,
            "url": url,
        },
    )
    return is_new


@dataclass(frozen=True)
class Kinds:
    """The kinds under which one sort of target is reminded of."""

    due: str
    late: str
    escalated: str

    def of(self, stage: Stage) -> str:
        return {Stage.LATE: self.late, Stage.ESCALATED: self.escalated}.get(stage, self.due)


@dataclass(frozen=True)
class Audience:
    """A person to tell, in which role; superiors hear of escalations alone, the others of everything else."""

    user_id: int
    role: str = ""
    is_superior: bool = False


def planned_rows(
    *,
    target: models.Model,
    due_on: date,
    today: date,
    calendar: Calendar,
    audience: Iterable[Audience],
    kinds: Kinds,
    words: Callable[[PlannedReminder], tuple[str, str]],
    url: str = "",
    since: date | None = None,
    before: tuple[int, ...] = BEFORE,
    escalate_after: int = ESCALATE_AFTER,
) -> list[Reminder]:
    """Unsaved rows of every reminder of the target that should exist by ``today``.

    ``words`` gives (subject, body) of a planned reminder. A sweep gathers the rows of many targets and writes them
    with one ``write_planned``.
    """
    people = list({(person.user_id, person.is_superior): person for person in audience}.values())
    rows = []
    for planned in reminder_plan(due_on, today, calendar, before=before, escalate_after=escalate_after, since=since):
        told = [p for p in people if p.is_superior == (planned.stage == Stage.ESCALATED)]
        if not told:
            continue
        subject, body = words(planned)
        rows += [
            Reminder(
                kind=kinds.of(planned.stage),
                target_type=target._meta.label_lower,
                target_id=target.pk,
                recipient_id=person.user_id,
                recipient_role=person.role,
                for_day=planned.for_day,
                due_on=due_on,
                subject=subject[:300],
                body=body,
                url=url,
            )
            for person in told
        ]
    return rows


def write_planned(rows: list[Reminder]) -> None:
    """Writes those of the rows that don't exist yet; running it again changes nothing."""
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)


def write_reminders(**plan) -> int:
    """Plans and writes the reminders of one target (the arguments of ``planned_rows``); how many there should be."""
    rows = planned_rows(**plan)
    write_planned(rows)
    return len(rows)


def mark_read(reminder: Reminder, *, actor: User) -> None:
    """One's own message was seen. A person's reading is no event of the record, so it isn't audited."""
    Reminder.objects.visible_to(actor).filter(pk=reminder.pk, read_at=None).update(read_at=timezone.now())


def mark_all_read(*, actor: User, until: int | None = None) -> int:
    """All of one's messages were seen, up to the id of the newest that the page showed; how many were new."""
    unread = Reminder.objects.visible_to(actor).unread()
    if until is not None:
        unread = unread.filter(pk__lte=until)
    return unread.update(read_at=timezone.now())
