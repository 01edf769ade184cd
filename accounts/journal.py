"""The record of what was done, as seen from the floor below it.

``audit`` stands above this app and plugs itself in when the project starts, so that the services here record what
they did without importing it. Nothing is done unrecorded: without a recorder the services fail.
"""

from collections.abc import Callable

from django.db import models

_plugged: dict[str, Callable] = {}


def plug(*, record: Callable, history: Callable) -> None:
    _plugged.update(record=record, history=history)


def record(*, actor, verb: str, target: models.Model, sentence: str, parent: models.Model | None = None, data=None):
    """Writes the event that is the last database line of a service."""
    return _plugged["record"](actor=actor, verb=verb, target=target, sentence=sentence, parent=parent, data=data or {})


def history_of(target: models.Model) -> models.QuerySet:
    """What was done to the record and to what belongs to it, newest first, with the people who did it."""
    return _plugged["history"](target)
