"""The Celery app. Beat's timetable stands here, since it names tasks of several apps."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialogue.settings")

app = Celery("dialogue")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# By name: the app is made before Django's models are.
app.steps["consumer"].add("dialogue.worker:SignOfLife")

# What waited so long in the queue has been asked for again since: a worker that was away doesn't do it over and over.
EXPIRES_SECONDS = 15 * 60
# Each sweep asks "due and not yet told", so running often costs little and a missed hour is made up.
app.conf.beat_schedule = {
    "remind-of-notices": {"task": "notices.tasks.remind_of_notices", "schedule": crontab(minute="*/5")},
    "remind-of-publications": {"task": "notices.tasks.remind_of_publications", "schedule": crontab(minute="*/5")},
    "remind-of-progress": {"task": "notices.tasks.remind_of_progress", "schedule": crontab(minute="*/5")},
    "remind-of-assignments": {"task": "feedback.tasks.remind_of_assignments", "schedule": crontab(minute="*/5")},
    "remind-of-announcements": {"task": "meetings.tasks.remind_of_announcements", "schedule": crontab(minute="*/5")},
    "deliver-reminders": {"task": "deadlines.tasks.deliver_reminders", "schedule": crontab(minute="*/5")},
    "finish-changes": {"task": "deadlines.tasks.finish_changes", "schedule": crontab(minute="*/5")},
    "heartbeat": {"task": "deadlines.tasks.heartbeat", "schedule": crontab()},
}
for entry in app.conf.beat_schedule.values():
    entry.setdefault("options", {}).setdefault("expires", EXPIRES_SECONDS)
