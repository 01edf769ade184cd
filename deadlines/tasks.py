"""Celery's side of reminders: each task may run as often as it likes."""

from celery import shared_task

from deadlines.services import calendar_memo, heartbeats
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
