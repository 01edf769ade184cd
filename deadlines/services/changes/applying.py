"""Applies a change, or puts it aside."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import User
from audit.services import record
from deadlines.models import Change, ChangeKind, ChangeState, Move
from deadlines.open_deadlines import PlannedMove
from deadlines.services.changes.operations import carry_out, one_at_a_time
from deadlines.services.changes.previewing import days_of, last_applied, live_deadlines, moved_live, path_of


@transaction.atomic
def apply_change(
    change: Change, *, actor: User, moves_open: bool = False, reason: str = "", seen: int | None = None
) -> Change:
    """Carries the change out. Open deadlines are then moved by ``recompute_change``, which the caller sends off.

    A change of the calendar always moves them. Of rules ``moves_open`` says so, with a reason; without it what is open
    keeps what bound it. ``seen`` is ``last_applied()`` when the person read what would move.
    """
    reason = reason.strip()
    locked = _undecided(change)
    moves_open = moves_open and locked.kind == ChangeKind.RULES
    if moves_open and not reason:
        raise ServiceError(_("Say why the open meetings have to follow the change."), field="reason")
    one_at_a_time()
    if seen is not None and seen != last_applied():
        raise ServiceError(
            _("Another change has been applied since you opened this page. Look again at what would move, then apply.")
        )
    path, days = path_of(locked), days_of(locked)
    before = live_deadlines(path, days)
    carry_out(locked.operations, actor=actor)
    live = moved_live(before, live_deadlines(path, days))
    locked.state = ChangeState.APPLIED
    locked.moves_open, locked.reason = moves_open, reason
    locked.decided_by, locked.decided_at = actor, timezone.now()
    locked.save()
    Move.objects.bulk_create([_ledger_row(move, locked) for move in live], batch_size=1000)
    record(
        actor=actor,
        verb="apply_change",
        target=locked,
        sentence=f"đã áp dụng thay đổi: {locked.title}" + _consequence(locked),
        data={
            "operations": [line for operation in locked.operations for line in operation["words"]],
            "moves_open": moves_open,
            "reason": reason,
        },
    )
    return locked


@transaction.atomic
def discard_change(change: Change, *, actor: User) -> Change:
    """Puts the proposal aside: nothing of it applies."""
    locked = _undecided(change)
    locked.state = ChangeState.DISCARDED
    locked.decided_by, locked.decided_at = actor, timezone.now()
    locked.save()
    record(actor=actor, verb="discard_change", target=locked, sentence=f"đã bỏ thay đổi: {locked.title}")
    return locked


def _undecided(change: Change) -> Change:
    locked = Change.objects.select_for_update(of=("self",)).select_related("locality").get(pk=change.pk)
    if locked.state == ChangeState.APPLIED:
        raise ServiceError(_("This change has been applied already."))
    if locked.state == ChangeState.DISCARDED:
        raise ServiceError(_("This change has been discarded; propose it again."))
    return locked


def _ledger_row(move: PlannedMove, change: Change) -> Move:
    return Move(
        target_type=move.target_type,
        target_id=move.target_id,
        obligation=move.obligation,
        due_on_before=move.due_on_before,
        due_on_after=move.due_on_after,
        cause=change.kind,
        change=change,
        reason=change.title,
        actor=change.decided_by,
    )


def _consequence(change: Change) -> str:
    if change.kind == ChangeKind.CALENDAR:
        return "; các thời hạn đang mở được tính lại"
    if change.moves_open:
        return f"; các thời hạn đang mở được tính lại theo quy định mới. Lý do: {change.reason}"
    return "; các hội nghị đang mở giữ nguyên thời hạn đã ràng buộc"
