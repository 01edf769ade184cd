"""Celery's side of meetings: the sweep may run as often as it likes."""

from celery import shared_task

from meetings.services.reminding import remind_of_due_announcements


@shared_task
def remind_of_announcements() -> int:
    """Who has planned a meeting hears in time that it has to be announced."""
    return remind_of_due_announcements()
