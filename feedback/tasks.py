from celery import shared_task

from feedback.services.reminding import remind_of_open_assignments


@shared_task
def remind_of_assignments() -> None:
    """Writes the reminders of assignments that should exist by today."""
    remind_of_open_assignments()
