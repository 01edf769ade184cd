"""Moves the open deadlines of an applied change, record by record; stopped at any point, the next run does the rest."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection, models, transaction
from django.utils import timezone

from audit.services import record
from deadlines.clock import VIETNAM
from deadlines.models import Change, ChangeKind, Move, Reminder, ReminderKind
from deadlines.open_deadlines import PlannedMove, source_of, sources
from deadlines.services.calendar import forget_calendars
from deadlines.services.changes.ledger import chunks, moved_by
from deadlines.services.changes.operations import hold_changes_off, one_at_a_time
from deadlines.services.changes.previewing import days_of, path_of
from deadlines.services.reminders import write_planned

CHUNK = 200
# The first number of PostgreSQL's lock by which one worker at a time finishes a change.
_RECOMPUTING = 2026
logger = logging.getLogger(__name__)


def finish_unfinished() -> int:
    """Finishes every applied change whose deadlines still wait; how many were finished."""
    return sum(
        recompute_change(pk) for pk in list(Change.objects.unfinished().order_by("pk").values_list("pk", flat=True))
    )


def recompute_change(change_pk: int, *, chunk: int = CHUNK) -> bool:
    """Moves what the change moves and tells the people concerned; True when the change is finished by it.

    Each record is moved, entered in the ledger and told of in one short transaction. What was done is not done again.
    """
    with _alone(change_pk) as is_alone:
        change = Change.objects.select_related("locality", "decided_by").filter(pk=change_pk).unfinished().first()
        if change is None or not is_alone:
            return False
        failed = 0
        for moves in chunks(_moves(change), chunk):
            failed += sum(not _moved(move, change) for move in moves)
        for moves in chunks(_followed(change), chunk):
            failed += sum(not _moved(move, change) for move in moves)
        if failed:
            logger.error("change %s: %s deadlines could not be moved; the next sweep tries again", change.pk, failed)
            return False
        return _finish(change)


@transaction.atomic
def catch_up(target: models.Model, obligation: str, *, path: str) -> None:
    """Moves one deadline by each applied change that still waits for its worker: it is about to be met, or missed.

    Called before any row is locked. Until the end of the transaction no other change is applied.
    """
    hold_changes_off()
    for change in Change.objects.select_related("locality", "decided_by").unfinished().order_by("pk"):
        is_followed = change.kind == ChangeKind.CALENDAR or change.moves_open
        if is_followed and path.startswith(path_of(change)):
            source = source_of(target._meta.label_lower)
            # The source looks up everything but the record and the obligation itself.
            planned = PlannedMove(source.target_type, target.pk, str(obligation), "", "", "", date.min, date.min)
            source.move(planned, change=change)


def _moves(change: Change) -> Iterator[PlannedMove]:
    if change.kind != ChangeKind.CALENDAR and not change.moves_open:
        return
    for source in sources():
        yield from source.moves(path=path_of(change), days=days_of(change), follow_rules=change.moves_open)


def _followed(change: Change) -> Iterator[PlannedMove]:
    """Live deadlines: their moves stand in the ledger since the change was applied; people are still to be told."""
    for source in sources():
        for obligation in sorted(source.live_obligations):
            yield from moved_by(change, target_type=source.target_type, obligation=obligation)


def _moved(move: PlannedMove, change: Change) -> bool:
    """One deadline by itself, so that a fault at one holds up no other; False when it failed."""
    try:
        with transaction.atomic():
            one_at_a_time()
            forget_calendars()
            people = source_of(move.target_type).move(move, change=change)
            _tell(people, move, change)
    except Exception:
        logger.exception("change %s: %s %s could not be moved", change.pk, move.target_type, move.target_id)
        return False
    return True


def _tell(people: Iterable[int], move: PlannedMove, change: Change) -> None:
    row = Move.objects.filter(
        change=change, target_type=move.target_type, target_id=move.target_id, obligation=move.obligation
    ).first()
    if row is None:
        return
    before, after = f"{row.due_on_before:%d/%m/%Y}", f"{row.due_on_after:%d/%m/%Y}"
    body = f"{move.unit}\n{move.title}\nThời hạn dời từ {before} sang {after}.\nLý do: {change.title}"
    if change.reason:
        body += f"\n{change.reason}"
    write_planned(
        [
            Reminder(
                kind=ReminderKind.INFORMATION,
                target_type=move.target_type,
                target_id=move.target_id,
                recipient_id=person,
                # Always the day of the decision: a rerun on another day tells nobody twice.
                for_day=change.decided_at.astimezone(VIETNAM).date(),
                # A record may have two deadlines.
                occasion=f"change:{change.pk}:{move.obligation}",
                due_on=row.due_on_after,
                subject=f"Thời hạn dời từ {before} sang {after}: {move.title}"[:300],
                body=body,
                url=move.url,
            )
            for person in dict.fromkeys(people)
        ]
    )


@transaction.atomic
def _finish(change: Change) -> bool:
    locked = Change.objects.select_for_update(of=("self",)).select_related("decided_by").get(pk=change.pk)
    if locked.recomputed_at is not None:
        return False
    locked.recomputed_at = timezone.now()
    locked.moved = Move.objects.filter(change=locked).count()
    locked.save(update_fields=["recomputed_at", "moved"])
    record(
        actor=locked.decided_by,
        verb="recompute_deadlines",
        target=locked,
        sentence=f"đã tính lại xong các thời hạn theo thay đổi: {locked.title}; {locked.moved} thời hạn dời ngày",
        data={"moved": locked.moved},
    )
    return True


@contextmanager
def _alone(change_pk: int) -> Iterator[bool]:
    """Whether no other worker is at the change. PostgreSQL lets go of the lock when a killed worker's connection ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_RECOMPUTING, change_pk])
        is_alone = cursor.fetchone()[0]
    try:
        yield is_alone
    finally:
        if is_alone and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_RECOMPUTING, change_pk])
