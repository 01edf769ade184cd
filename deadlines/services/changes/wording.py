"""An operation in words, from the events that carrying it out records: what is shown is what will stand in the record."""

from collections.abc import Iterable
from datetime import date

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import translation

from audit.models import Event


def words_of(events: Iterable[Event]) -> list[str]:
    """Vietnamese sentences: what is done, and of what is edited each field from what to what."""
    lines = []
    with translation.override("vi"):
        for event in events:
            sentence = event.sentence.removeprefix("đã ")
            lines.append(f"{sentence[:1].upper()}{sentence[1:]}.")
            model = apps.get_model(event.target_type)
            for name, values in event.data.items():
                if isinstance(values, dict) and values.keys() == {"from", "to"}:
                    lines.append(_changed(model, name, values))
    return lines


def _changed(model: type[models.Model], name: str, values: dict) -> str:
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return f"{name}: {values['from']} → {values['to']}"
    label = str(field.verbose_name)
    return f"{label[:1].upper()}{label[1:]}: {_shown(field, values['from'])} → {_shown(field, values['to'])}"


def _shown(field: models.Field, value: str) -> str:
    if value in ("", "None"):
        return "—"
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, models.BooleanField):
        return "có" if value == "True" else "không"
    if isinstance(field, models.DateField):
        return f"{date.fromisoformat(value):%d/%m/%Y}"
    return value
