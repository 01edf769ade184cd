"""Celery's side of reminders: each task may run as often as it likes."""

from celery import shared_task

from deadlines.services import calendar_memo
from deadlines.services.digests import deliver_digests


@shared_task
def deliver_reminders() -> int:
    """Mails what is waiting, in office hours of working days."""
    with calendar_memo():
        return deliver_digests()
