"""Celery's side of notices: the sweeps may run as often as they like."""

from celery import shared_task

from notices.services.progress import remind_of_due_progress
from notices.services.reminding import remind_of_due_notices, remind_of_due_publications


@shared_task
def remind_of_notices() -> int:
    """Who has to issue a notice hears of it before, on and after the due day."""
    return remind_of_due_notices()


@shared_task
def remind_of_publications() -> int:
    """Who has to publish the results hears of it before, on and after the due day."""
    return remind_of_due_publications()


@shared_task
def remind_of_progress() -> int:
    """Whose notice is late hears daily that its progress has to be posted, until it is."""
    return remind_of_due_progress()
