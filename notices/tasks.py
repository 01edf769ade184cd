"""Celery's side of notices: the sweep may run as often as it likes."""

from celery import shared_task

from deadlines.services import calendar_memo
from notices.services.reminding import remind_of_due_notices


@shared_task
def remind_of_notices() -> int:
    """Who has to issue a notice hears of it before, on and after the due day."""
    with calendar_memo():
        return remind_of_due_notices()
