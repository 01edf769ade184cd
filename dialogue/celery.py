"""The Celery app. Beat's timetable stands here, since it names tasks of several apps."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialogue.settings")

app = Celery("dialogue")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# Each sweep asks "due and not yet told", so running often costs little and a missed hour is made up.
app.conf.beat_schedule = {
    "remind-of-notices": {"task": "notices.tasks.remind_of_notices", "schedule": crontab(minute="*/10")},
    "remind-of-assignments": {"task": "feedback.tasks.remind_of_assignments", "schedule": crontab(minute="*/10")},
    "deliver-reminders": {"task": "deadlines.tasks.deliver_reminders", "schedule": crontab(minute="*/5")},
}
