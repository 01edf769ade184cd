"""Wires the apps together: settings, root URLs, the Celery app, the embedded servers."""

from dialogue.celery import app as celery_app

__all__ = ["celery_app"]
