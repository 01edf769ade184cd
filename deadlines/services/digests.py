"""E-mail of reminders: one digest a person, claimed before it is sent.

Mail can't be delivered exactly once: a worker may die between the mail server's "accepted" and our note of it. It is
delivered at least once, and what is sent a second time is the same message: the reminders of a digest are fixed when it
is first claimed, and its Message-ID is made of the digest's own number, so that a mailbox can tell the copy.
"""

import logging
import smtplib
import uuid
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q, TextField, UUIDField, Value
from django.db.models.functions import MD5, Cast, Concat
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines.clock import VIETNAM
from deadlines.models import Reminder, ReminderKind
from deadlines.services.calendar import is_working_day

logger = logging.getLogger(__name__)

# Mail about work arrives in working hours (Labour Code art. 105: at most eight hours, with a break at noon).
OFFICE_HOURS = (time(7, 30), time(17, 30))
# An attempt that neither succeeded nor said why within this time died with its worker, and is made again. A failed one
# waits as long, so that a mail server in trouble isn't hammered.
LEASE = timedelta(minutes=10)
# After so many failures in a row the server is at fault, not the addresses: the rest waits for the next run.
FAILURES_IN_A_ROW = 5
BATCH = 500

LATE_KINDS = frozenset(
    {
        ReminderKind.NOTICE_LATE,
        ReminderKind.NOTICE_ESCALATED,
        ReminderKind.ASSIGNMENT_LATE,
        ReminderKind.ASSIGNMENT_ESCALATED,
    }
)


def are_office_hours(now: datetime) -> bool:
    """Whether mail may go out: on a working day of the country, within office hours."""
    local = now.astimezone(VIETNAM)
    return OFFICE_HOURS[0] <= local.time() <= OFFICE_HOURS[1] and is_working_day(local.date())


def deliver_digests(*, now: datetime | None = None) -> int:
    """Mails every reminder that is due to be mailed, one digest a person; how many digests went out."""
    now = now or timezone.now()
    if not are_office_hours(now):
        return 0
    _gather()
    sent = failures = 0
    connection = get_connection()
    try:
        for digest in _waiting(now):
            if not _claim(digest, now):
                continue
            if _send(digest, connection):
                sent, failures = sent + 1, 0
            else:
                failures += 1
                connection.close()
                if failures >= FAILURES_IN_A_ROW:
                    logger.warning("The mail server refused %s digests in a row; trying again later.", failures)
                    break
    finally:
        connection.close()
    return sent


def _gather() -> None:
    """Gives each person's new reminders the number of a digest. Two workers at once give each row one number."""
    # One statement for everybody: a number for this run and the person, in the shape of a UUID.
    number = Cast(MD5(Concat(Value(uuid.uuid4().hex), Cast("recipient_id", TextField()))), UUIDField())
    Reminder.objects.not_yet_mailed().filter(digest=None, recipient__is_active=True).update(digest=number)


def _waiting(now: datetime) -> Iterator[uuid.UUID]:
    rows = (
        Reminder.objects.not_yet_mailed()
        .exclude(digest=None)
        .filter(_is_free(now), recipient__is_active=True)
        .order_by("digest")
        .values_list("digest", flat=True)
        .distinct()
    )
    return rows.iterator(chunk_size=BATCH)


def _is_free(now: datetime) -> Q:
    return Q(mail_claimed_at=None) | Q(mail_claimed_at__lt=now - LEASE)


def _claim(digest: uuid.UUID, now: datetime) -> bool:
    """Takes the digest for this worker; False when another has it."""
    rows = Reminder.objects.not_yet_mailed().filter(_is_free(now), digest=digest)
    return rows.update(mail_claimed_at=timezone.now()) > 0


def _send(digest: uuid.UUID, connection) -> bool:
    rows = Reminder.objects.filter(digest=digest)
    reminders = list(rows.select_related("recipient").order_by("due_on", "for_day", "pk"))
    try:
        _message(digest, reminders, connection).send()
    except (smtplib.SMTPException, OSError, ValueError) as error:
        rows.filter(mailed_at=None).update(mail_error=f"{type(error).__name__}: {error}"[:1000])
        logger.warning("The digest %s wasn't sent: %s", digest, error)
        return False
    rows.filter(mailed_at=None).update(mailed_at=timezone.now(), mail_error="")
    return True


def _message(digest: uuid.UUID, reminders: list[Reminder], connection) -> EmailMessage:
    person = reminders[0].recipient
    late = [reminder for reminder in reminders if reminder.kind in LATE_KINDS]
    others = [reminder for reminder in reminders if reminder.kind not in LATE_KINDS]
    with translation.override(settings.LANGUAGE_CODE):
        body = render_to_string(
            "deadlines/email/digest.txt",
            {"person": person, "late": late, "others": others, "site_url": settings.SITE_URL},
        )
        return EmailMessage(
            subject=_subject(reminders, late),
            body=body,
            to=[person.email],
            headers={"Message-ID": f"<reminders.{digest}@{_domain()}>", "Auto-Submitted": "auto-generated"},
            connection=connection,
        )


def _subject(reminders: list[Reminder], late: list[Reminder]) -> str:
    if len(reminders) == 1:
        # A header holds one line.
        return " ".join(reminders[0].subject.split())
    total = ngettext("%(number)s reminder", "%(number)s reminders", len(reminders)) % {"number": len(reminders)}
    if late:
        return _("%(total)s, %(late)s of them overdue") % {"total": total, "late": len(late)}
    return total


def _domain() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
