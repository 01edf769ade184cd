"""What the page of the system shows: signs of life, who sends the timetable, what waits to be done."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from deadlines import beat_lock, probes
from deadlines.models import Change, Heartbeat, Matter, Reminder, ReminderKind
from deadlines.services.heartbeats import BEAT, QUEUE, STANDBY, SWEEP, SWEEPS, WORKER, Sign, Status, judge

NAMES = {
    BEAT: _("Timetable"),
    STANDBY: _("Timetable that stands by"),
    WORKER: _("Worker"),
    QUEUE: _("Through the queue to the worker"),
    f"{SWEEP}:progress": ReminderKind.PROGRESS_DUE.label,
    f"{SWEEP}:digests": _("E-mail of reminders"),
}
MATTERS = dict(Matter.choices)


@dataclass(frozen=True)
class Line:
    title: str
    sign: Sign
    is_needed: bool


@dataclass(frozen=True)
class Mail:
    """What is to be mailed and isn't yet. Reminders of people who have left are never mailed and not counted."""

    waiting: int
    failed: int
    oldest: datetime | None


@dataclass(frozen=True)
class System:
    status: Status
    lines: list[Line]
    beats: list[beat_lock.Session]
    waiting: int | None
    taken: int | None
    mail: Mail
    unfinished_changes: int


def system() -> System:
    """Four statements, and one question to Redis."""
    now = timezone.now()
    rows = list(Heartbeat.objects.order_by("name"))
    status = judge(rows, now=now)
    try:
        waiting, taken = probes.queue_length()
    except probes.NoAnswer:
        waiting = taken = None
    return System(
        status=status,
        lines=_lines(rows, now),
        beats=beat_lock.sessions(),
        waiting=waiting,
        taken=taken,
        mail=_mail(),
        unfinished_changes=Change.objects.unfinished().count(),
    )


def _lines(rows: list[Heartbeat], now: datetime) -> list[Line]:
    spoken = {row.name: Sign(row.name, row.at, now, row.began_at, row.by) for row in rows}
    needed = (BEAT, WORKER, QUEUE, *SWEEPS)
    lines = [Line(_title(name), spoken.get(name, Sign(name, None, now)), is_needed=True) for name in needed]
    lines += [Line(_title(name), sign, is_needed=False) for name, sign in spoken.items() if name not in needed]
    return lines


def _title(name: str) -> str:
    head, _colon, matter = name.partition(":")
    if head == SWEEP and name not in NAMES:
        return _("Sweep: %(matter)s") % {"matter": MATTERS.get(matter, matter)}
    return NAMES.get(name, name)


def _mail() -> Mail:
    waiting = Reminder.objects.not_yet_mailed().filter(recipient__is_active=True)
    counts = waiting.aggregate(
        waiting=Count("pk"), failed=Count("pk", filter=~Q(mail_error="")), oldest=Min("created_at")
    )
    return Mail(**counts)
