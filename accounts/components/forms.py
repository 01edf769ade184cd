"""What a form says when something has to be put right, or when somebody else saved first."""

import datetime

from django import template
from django.utils import formats
from django.utils.translation import gettext as _

from accounts.components.lists import shown_value
from accounts.components.words import DASH, vn_date

register = template.Library()


@register.inclusion_tag("components/form_errors.html")
def form_errors(*forms):
    """What has to be put right, each line leading to its field."""
    rows = []
    for form in forms:
        if not getattr(form, "is_bound", False):
            continue
        inner = list(form.forms) if hasattr(form, "management_form") else [form]
        if hasattr(form, "management_form"):
            rows += [{"target": "", "label": "", "text": text} for text in form.non_form_errors()]
        for one in inner:
            rows += [{"target": "", "label": "", "text": text} for text in one.non_field_errors()]
            for bound in one.visible_fields():
                target = bound.id_for_label or f"div_{bound.auto_id}"
                rows += [{"target": target, "label": bound.label, "text": text} for text in bound.errors]
            for bound in one.hidden_fields():
                rows += [{"target": "", "label": bound.label, "text": text} for text in bound.errors]
    return {"rows": rows}


@register.inclusion_tag("components/stale.html")
def stale(form, saved, saved_by="", saved_at=None):
    """Somebody saved first: what was typed beside what is saved now. ``saved`` is the fresh record or a dict."""
    rows = []
    for bound in form.visible_fields():
        now = saved.get(bound.name) if isinstance(saved, dict) else getattr(saved, bound.name, None)
        display = None if isinstance(saved, dict) else getattr(saved, f"get_{bound.name}_display", None)
        typed, now_text = _as_text(bound, bound.value()), display() if display else _as_text(bound, now)
        if typed != now_text:
            rows.append(
                {"label": bound.label, "typed": typed or DASH, "saved": now_text or DASH, "target": bound.id_for_label}
            )
    return {"rows": rows, "saved_by": saved_by, "saved_at": saved_at}


def _as_text(bound, value):
    if value is None:
        return ""
    if hasattr(value, "all"):
        value = list(value.all())
    if isinstance(value, list | tuple):
        return ", ".join(_as_text(bound, one) for one in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime.datetime):
        return formats.date_format(value, "DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return vn_date(value)
    if isinstance(value, datetime.time):
        return formats.time_format(value, "TIME_FORMAT")
    if getattr(bound.field, "choices", None) is not None:
        return shown_value(bound, getattr(value, "pk", value))
    return str(value).replace("\r\n", "\n").strip()
