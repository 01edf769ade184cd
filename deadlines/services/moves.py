"""The ledger of moved deadlines."""

from datetime import date

from django.db import models

from accounts.models import User
from deadlines.models import Change, Move


def record_move(
    *,
    target: models.Model,
    obligation: str,
    due_on_before: date,
    due_on_after: date,
    cause: str,
    actor: User | None,
    change: Change | None = None,
    reason: str = "",
) -> Move:
    """Notes that a deadline moved; called in the transaction that moves it."""
    return Move.objects.create(
        target_type=target._meta.label_lower,
        target_id=target.pk,
        obligation=obligation,
        due_on_before=due_on_before,
        due_on_after=due_on_after,
        cause=cause,
        change=change,
        reason=reason[:400],
        actor=actor,
    )


def moves_by_target(model: type[models.Model], ids: list[int]) -> dict[int, list[Move]]:
    """Every move of many records of one sort, the oldest first: one query."""
    moves: dict[int, list[Move]] = {pk: [] for pk in ids}
    found = Move.objects.filter(target_type=model._meta.label_lower, target_id__in=ids)
    for move in found.select_related("actor", "change"):
        moves[move.target_id].append(move)
    return moves


def moves_of(target: models.Model) -> models.QuerySet:
    """Every move of the record's deadlines, the oldest first."""
    return Move.objects.filter(target_type=target._meta.label_lower, target_id=target.pk).select_related(
        "actor", "change"
    )
