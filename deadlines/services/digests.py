"""E-mail of reminders: digests at the times that a person chose, claimed before they are sent.

Mail can't be delivered exactly once: a worker may die between the mail server's "accepted" and our note of it. It is
delivered at least once, and what is sent a second time is the same message: the reminders of a digest are fixed when it
is gathered, and its Message-ID is made of the digest's own number, so that a mailbox can tell the copy.
"""

import logging
import smtplib
import time as stopwatch
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection as database
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import ServiceError
from accounts.models import User
from deadlines.clock import VIETNAM
from deadlines.models import MailRhythm, MailSetting, Matter, Reminder, ReminderKind
from deadlines.open_deadlines import sources
from deadlines.services.heartbeats import SWEEP, beat
from deadlines.services.office_hours import OFFICE_HOURS, are_office_hours

__all__ = ["LATE_KINDS", "LEASE", "OFFICE_HOURS", "are_office_hours", "deliver_digests", "set_mail_setting"]

logger = logging.getLogger(__name__)

# The times of day from which a person's reminders are put into a digest; as it comes: at each run.
SLOTS = {
    MailRhythm.TWICE_A_DAY: (time(8, 15), time(14, 0)),
    MailRhythm.DAILY: (time(8, 15),),
}
# An attempt that neither succeeded nor said why within this time died with its worker, and is made again. A failed one
# waits as long, so that a mail server in trouble isn't hammered.
LEASE = timedelta(minutes=10)
# The queue gives a task that lasts longer than its visibility timeout to a second worker as well, and sweeps would wait:
# what isn't sent by then is the next run's.
LONGEST_RUN = timedelta(minutes=4)
# After so many failures in a row the server is at fault, not the addresses: the rest waits for the next run.
FAILURES_IN_A_ROW = 5
# Digests claimed and fetched at once. What is left of them when half a lease is over is given back.
BATCH = 50
# The working-out of so many deadlines stands in a digest; the others have their links.
WORKED_OUT = 10

KINDS = {
    Matter.NOTICE: (ReminderKind.NOTICE_DUE, ReminderKind.NOTICE_LATE, ReminderKind.NOTICE_ESCALATED),
    Matter.ASSIGNMENT: (
        ReminderKind.ASSIGNMENT_DUE,
        ReminderKind.ASSIGNMENT_LATE,
        ReminderKind.ASSIGNMENT_ESCALATED,
    ),
    Matter.ANNOUNCEMENT: (
        ReminderKind.ANNOUNCEMENT_DUE,
        ReminderKind.ANNOUNCEMENT_LATE,
        ReminderKind.ANNOUNCEMENT_ESCALATED,
    ),
    Matter.PUBLICATION: (
        ReminderKind.PUBLICATION_DUE,
        ReminderKind.PUBLICATION_LATE,
        ReminderKind.PUBLICATION_ESCALATED,
    ),
}
MATTER_OF = {kind: matter for matter, kinds in KINDS.items() for kind in kinds}
# What is overdue: nobody can turn its e-mail off.
LATE_KINDS = frozenset({kind for kinds in KINDS.values() for kind in kinds[1:]} | {ReminderKind.PROGRESS_DUE})


def mail_setting_of(user: User) -> MailSetting:
    """The person's setting; the default, unsaved, where there is none."""
    return MailSetting.objects.filter(pk=user.pk).first() or MailSetting(user=user)


@transaction.atomic
def set_mail_setting(*, actor: User, rhythm: str, only_overdue: bool) -> MailSetting:
    """A person sets their own digest. How one reads one's mail is no event of the record, so it isn't audited."""
    if rhythm not in MailRhythm.values:
        raise ServiceError(_("Choose how often the e-mail comes."), field="rhythm")
    setting, _is_new = MailSetting.objects.select_for_update().get_or_create(user=actor)
    setting.rhythm, setting.only_overdue = MailRhythm(rhythm), only_overdue
    setting.save(update_fields=["rhythm", "only_overdue"])
    return setting


def deliver_digests(*, now: datetime | None = None) -> int:
    """Mails what is due to be mailed, one digest a person; how many digests went out."""
    began_at = timezone.now()
    run = _Run(now or began_at)
    if are_office_hours(run.now):
        _gather(run.now)
        run.deliver()
    beat(f"{SWEEP}:digests", began_at=began_at, detail={"sent": run.sent, "failed": run.failed})
    return run.sent


def _gather(now: datetime) -> int:
    """Gives the new reminders of everybody whose time has come the number of a digest; how many people.

    One statement for all of them. Two workers at once: whoever writes a person's ``gathered_at`` first has the slot.
    """
    local = now.astimezone(VIETNAM)
    late = sorted(LATE_KINDS)
    values = {"now": now, "run": uuid.uuid4().hex, "late": late}
    for rhythm, slots in SLOTS.items():
        passed = [slot for slot in slots if slot <= local.time()]
        # Nobody's reminders are gathered before the first slot of the day: no moment lies before the year 1.
        slot = datetime.combine(local.date(), passed[-1], tzinfo=VIETNAM) if passed else None
        values[rhythm.value] = slot
    tables = {
        "reminder": Reminder._meta.db_table,
        "setting": MailSetting._meta.db_table,
        "person": User._meta.db_table,
    }
    with transaction.atomic(), database.cursor() as cursor:
        cursor.execute(_LEAVE_OUT.format(**tables), values)
        cursor.execute(_GATHER.format(**tables), values)
        return cursor.fetchone()[0]


# What a person wants to find in the list alone.
_LEAVE_OUT = """
UPDATE {reminder} r SET is_mail_wanted = false
FROM {setting} s
WHERE s.user_id = r.recipient_id AND s.only_overdue
  AND r.mailed_at IS NULL AND r.is_mail_wanted AND r.digest IS NULL AND r.kind <> ALL (%(late)s)
"""
# Whose slot is used has been gathered since it began; "as it comes" is always open.
_GATHER = """
WITH waiting AS (
    SELECT DISTINCT recipient_id FROM {reminder}
    WHERE mailed_at IS NULL AND is_mail_wanted AND digest IS NULL
), taken AS (
    INSERT INTO {setting} AS kept (user_id, rhythm, only_overdue, gathered_at)
    SELECT w.recipient_id, COALESCE(s.rhythm, 'twice_a_day'), COALESCE(s.only_overdue, false), %(now)s
    FROM waiting w JOIN {person} p ON p.id = w.recipient_id AND p.is_active
    LEFT JOIN {setting} s ON s.user_id = w.recipient_id
    WHERE COALESCE(s.gathered_at, '-infinity') < CASE s.rhythm
        WHEN 'as_it_comes' THEN 'infinity' WHEN 'daily' THEN %(daily)s ELSE %(twice_a_day)s::timestamptz END
    ORDER BY w.recipient_id
    ON CONFLICT (user_id) DO UPDATE SET gathered_at = EXCLUDED.gathered_at
    WHERE COALESCE(kept.gathered_at, '-infinity') < CASE kept.rhythm
        WHEN 'as_it_comes' THEN 'infinity' WHEN 'daily' THEN %(daily)s ELSE %(twice_a_day)s::timestamptz END
    RETURNING kept.user_id
), numbered AS (
    UPDATE {reminder} r SET digest = md5(%(run)s || r.recipient_id::text)::uuid
    FROM taken t
    WHERE r.recipient_id = t.user_id AND r.mailed_at IS NULL AND r.is_mail_wanted AND r.digest IS NULL
    RETURNING r.recipient_id
)
SELECT count(DISTINCT recipient_id) FROM numbered
"""


def _is_free(now: datetime) -> Q:
    return Q(mail_claimed_at=None) | Q(mail_claimed_at__lt=now - LEASE)


@dataclass
class _Run:
    """One delivery under way. Its clock is ``now`` and what has passed since."""

    now: datetime
    sent: int = 0
    failed: int = 0
    in_a_row: int = 0
    began: float = field(default_factory=stopwatch.monotonic)

    @property
    def moment(self) -> datetime:
        return self.now + timedelta(seconds=stopwatch.monotonic() - self.began)

    def deliver(self) -> None:
        connection = get_connection()
        letters = _Letters()
        _wait_for_the_disk(False)
        try:
            for claimed_at, claimed in self._claims():
                people = letters.written(claimed)
                while people and self._has_time(claimed_at) and self.in_a_row < FAILURES_IN_A_ROW:
                    self._send(people.pop(0), connection)
                if people:
                    _release([letter.digest for letter in people])
                if self.moment - self.now >= LONGEST_RUN:
                    logger.info("Digests are left over: the next run goes on with them.")
                    return
                if self.in_a_row >= FAILURES_IN_A_ROW:
                    logger.warning("The mail server refused %s digests in a row; trying again later.", self.in_a_row)
                    return
        finally:
            connection.close()

    def _has_time(self, claimed_at: datetime) -> bool:
        return self.moment - claimed_at < LEASE / 2 and self.moment - self.now < LONGEST_RUN

    def _claims(self) -> Iterator[tuple[datetime, list[Reminder]]]:
        """Batch after batch of digests that nobody else has, each with its reminders."""
        last = uuid.UUID(int=0)
        while True:
            waiting = Reminder.objects.not_yet_mailed().filter(
                _is_free(self.now), digest__gt=last, recipient__is_active=True
            )
            digests = list(waiting.order_by("digest").values_list("digest", flat=True).distinct()[:BATCH])
            if not digests:
                return
            last = digests[-1]
            claimed_at = self.moment
            with transaction.atomic():
                # In the order of their keys, so that two workers never wait for each other.
                free = (
                    Reminder.objects.not_yet_mailed()
                    .filter(_is_free(self.now), digest__in=digests)
                    .order_by("pk")
                    .select_for_update()
                )
                ids = list(free.values_list("pk", flat=True))
                Reminder.objects.filter(pk__in=ids).update(mail_claimed_at=claimed_at)
            rows = Reminder.objects.filter(pk__in=ids).select_related("recipient")
            yield claimed_at, list(rows.order_by("digest", "due_on", "for_day", "pk"))

    def _send(self, letter: "_Letter", connection) -> None:
        rows = Reminder.objects.filter(digest=letter.digest, mailed_at=None)
        try:
            _post(letter, connection)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            rows.update(mail_error=f"{type(error).__name__}: {error}"[:1000])
            logger.warning("The digest %s wasn't sent: %s", letter.digest, error)
            connection.close()
            self.failed, self.in_a_row = self.failed + 1, self.in_a_row + 1
            return
        rows.update(mailed_at=self.moment, mail_error="")
        self.sent, self.in_a_row = self.sent + 1, 0


def _post(letter: "_Letter", connection) -> None:
    """Sends on the connection that is open; Django would make one for each letter.

    A server may end a connection after so many letters: the letter is tried once more, on a new one.
    """
    is_new = connection.open()
    try:
        letter.message(connection).send()
    except smtplib.SMTPServerDisconnected:
        if is_new:
            raise
        connection.close()
        connection.open()
        letter.message(connection).send()


def _wait_for_the_disk(waits: bool) -> None:
    """Whether a note that a letter was sent waits until it is on the disk.

    While many are sent it doesn't: should PostgreSQL itself die, the last second's letters go out again, each as the
    same message, as after any other fault.
    """
    with database.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO DEFAULT" if waits else "SET synchronous_commit TO OFF")


def _release(digests: list[uuid.UUID]) -> None:
    """Gives back what was claimed and not attempted."""
    Reminder.objects.not_yet_mailed().filter(digest__in=digests).update(mail_claimed_at=None)


@dataclass
class _Entry:
    """One reminder in a digest; ``lines`` is the working-out of its due day."""

    reminder: Reminder
    lines: list[str] = field(default_factory=list)


@dataclass
class _Letter:
    """One digest of one person: what is overdue, what else, and what is only named."""

    digest: uuid.UUID
    person: User
    late: list[_Entry]
    others: list[_Entry]
    more: list[Reminder]
    subject: str

    @property
    def entries(self) -> list[_Entry]:
        return self.late + self.others

    def message(self, connection) -> EmailMessage:
        context = {"person": self.person, "late": self.late, "others": self.others, "more": self.more}
        with translation.override(settings.LANGUAGE_CODE):
            body = render_to_string("deadlines/email/digest.txt", context | {"site_url": settings.SITE_URL})
        return EmailMessage(
            subject=self.subject,
            body=body,
            to=[self.person.email],
            headers={"Message-ID": f"<reminders.{self.digest}@{_domain()}>", "Auto-Submitted": "auto-generated"},
            connection=connection,
        )


class _Letters:
    """Writes the letters of a batch; the working-out of a deadline is asked for once a batch."""

    def __init__(self) -> None:
        self._sources = {source.target_type: source for source in sources()}

    def written(self, reminders: list[Reminder]) -> list[_Letter]:
        digests: dict[uuid.UUID, list[Reminder]] = defaultdict(list)
        for reminder in reminders:
            digests[reminder.digest].append(reminder)
        letters = [_letter(digest, rows) for digest, rows in digests.items()]
        answers = self._answers(entry.reminder for letter in letters for entry in letter.entries)
        for letter in letters:
            shown = set()
            for entry in letter.entries:
                key = _deadline(entry.reminder)
                # Several reminders of one deadline stand in one digest after a machine was off: it is worked out once.
                if key not in shown:
                    shown.add(key)
                    entry.lines = answers.get(key, [])
        return letters

    def _answers(self, reminders: Iterable[Reminder]) -> dict[tuple, list[str]]:
        asked: dict[tuple[str, str], set[int]] = defaultdict(set)
        for reminder in reminders:
            matter = MATTER_OF.get(reminder.kind)
            if matter is not None and reminder.target_type in self._sources:
                asked[reminder.target_type, matter].add(reminder.target_id)
        answers = {}
        with translation.override(settings.LANGUAGE_CODE):
            for (target_type, matter), ids in asked.items():
                found = self._sources[target_type].worked_answers(matter=matter, ids=sorted(ids))
                answers |= {(target_type, pk, matter): lines for pk, lines in found.items()}
        return answers


def _deadline(reminder: Reminder) -> tuple:
    return reminder.target_type, reminder.target_id, MATTER_OF.get(reminder.kind)


def _letter(digest: uuid.UUID, reminders: list[Reminder]) -> _Letter:
    late = [reminder for reminder in reminders if reminder.kind in LATE_KINDS]
    others = [reminder for reminder in reminders if reminder.kind not in LATE_KINDS]
    # The worst first: it is the first to be worked out.
    room = WORKED_OUT
    first, rest = late[:room], late[room:]
    room -= len(first)
    second, left = others[:room], others[room:]
    return _Letter(
        digest=digest,
        person=reminders[0].recipient,
        late=[_Entry(reminder) for reminder in first],
        others=[_Entry(reminder) for reminder in second],
        more=rest + left,
        subject=_subject(reminders, late),
    )


def _subject(reminders: list[Reminder], late: list[Reminder]) -> str:
    if len(reminders) == 1:
        # A header holds one line.
        return " ".join(reminders[0].subject.split())
    with translation.override(settings.LANGUAGE_CODE):
        total = ngettext("%(number)s reminder", "%(number)s reminders", len(reminders)) % {"number": len(reminders)}
        if late:
            return _("%(total)s, %(late)s of them overdue") % {"total": total, "late": len(late)}
        return total


def _domain() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
