"""Celery's side of reminders: each task may run as often as it likes."""

from celery import shared_task

from deadlines.services import calendar_memo, finish_unfinished, heartbeats, recompute_change
from deadlines.services.digests import deliver_digests


@shared_task
def deliver_reminders() -> int:
    """Mails what is waiting, in office hours of working days."""
    with calendar_memo():
        return deliver_digests()


@shared_task
def heartbeat() -> None:
    """Proves each minute that the way from the timetable through the queue to the worker is open."""
    heartbeats.beat(heartbeats.QUEUE)


@shared_task
def recompute_deadlines(change_pk: int) -> bool:
    """Moves the open deadlines of a change that was applied; stopped in the middle, the sweep below does the rest."""
    return recompute_change(change_pk)


@shared_task
def finish_changes() -> int:
    """Finishes every applied change whose open deadlines were not all moved."""
    return finish_unfinished()
