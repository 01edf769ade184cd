"""Celery's side of feedback: the sweep may run as often as it likes."""

from celery import shared_task

from feedback.services.reminding import remind_of_open_assignments


@shared_task
def remind_of_assignments() -> int:
    """Who has to reply to an opinion hears of it before, on and after the due day."""
    return remind_of_open_assignments()
