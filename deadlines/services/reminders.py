"""The ledger of reminders: writes each once, however often it is asked to."""

from dataclasses import dataclass
from datetime import date

from django.db import connection, models, transaction
from django.utils import timezone

from accounts.models import User
from deadlines.models import Recipient, Reminder, Stage
from deadlines.reminding import PlannedReminder


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

    def of(self, planned: PlannedReminder) -> str:
        if planned.stage != Stage.LATE:
            return self.due
        return self.late if planned.recipient == Recipient.UNIT else self.escalated


@dataclass(slots=True)
class PlannedRow:
    """A reminder to be written; a sweep makes so many that instances of the model would take most of its time."""

    kind: str
    target_type: str
    target_id: int
    recipient_id: int
    recipient_role: str
    for_day: date
    due_on: date | None
    subject: str
    body: str
    url: str
    occasion: str = ""


# The columns in which planned rows differ, each with its type in PostgreSQL.
PLANNED_COLUMNS = {
    "kind": "text",
    "target_type": "text",
    "target_id": "bigint",
    "recipient_id": "bigint",
    "recipient_role": "text",
    "for_day": "date",
    "occasion": "text",
    "due_on": "date",
    "subject": "text",
    "body": "text",
    "url": "text",
}
_INSERT = """
INSERT INTO {table} ({columns}, is_mail_wanted, created_at, mail_error)
SELECT {columns}, true, %s, '' FROM unnest({arrays}) AS planned ({columns})
ON CONFLICT DO NOTHING
"""


def write_planned(rows: list[PlannedRow] | list[Reminder]) -> None:
    """Writes those of the rows that don't exist yet; running it again changes nothing.

    Each column goes as one array: a sweep writes tens of thousands of rows, in a fraction of what ``bulk_create`` takes
    to put as many values into a statement.
    """
    statement = _INSERT.format(
        table=Reminder._meta.db_table,
        columns=", ".join(PLANNED_COLUMNS),
        arrays=", ".join(f"%s::{kind}[]" for kind in PLANNED_COLUMNS.values()),
    )
    with connection.cursor() as cursor:
        for start in range(0, len(rows), 1000):
            some = rows[start : start + 1000]
            arrays = [[getattr(row, column) for row in some] for column in PLANNED_COLUMNS]
            cursor.execute(statement, [timezone.now(), *arrays])


def mark_read(reminder: Reminder, *, actor: User) -> None:
    """One's own message was seen. A person's reading is no event of the record, so it isn't audited."""
    Reminder.objects.visible_to(actor).filter(pk=reminder.pk, read_at=None).update(read_at=timezone.now())


def mark_all_read(*, actor: User, until: int | None = None) -> int:
    """All of one's messages were seen, up to the id of the newest that the page showed; how many were new."""
    unread = Reminder.objects.visible_to(actor).unread()
    if until is not None:
        unread = unread.filter(pk__lte=until)
    return unread.update(read_at=timezone.now())
