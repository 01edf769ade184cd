"""What the forms of this app share."""

import re
from datetime import datetime

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from deadlines.clock import VIETNAM

MANY = 40  # more choices than this are a list box, not check boxes
_GROUPED = re.compile(r"^\d{1,3}([.,\s]\d{3})+$")


class PeopleField(forms.IntegerField):
    """A number of people. "1.078" is one thousand seventy-eight; Django would read "1.000" as 1."""

    def to_python(self, value):
        text = str(value).strip() if value is not None else ""
        return super().to_python(re.sub(r"[.,\s]", "", text) if _GROUPED.match(text) else value)


WHEN = ("day", "start_time", "end_time")


class PlainForm(forms.Form):
    """A form drawn by crispy inside the page's own <form>."""

    @cached_property
    def helper(self):
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        if set(WHEN) <= set(self.fields):
            others = [name for name in self.fields if name not in WHEN]
            helper.layout = Layout(*others, Div(*WHEN, css_class="when-row"))
        return helper

    def take(self, refusal, names=None):
        """Puts a service's refusal beside its field, or above the form."""
        names = names or {}
        for field, sentence in getattr(refusal, "problems", None) or [(refusal.field, refusal.message)]:
            field = names.get(field, field)
            self.add_error(field if field in self.fields else None, str(sentence))


def time_field(label, **kwargs):
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(
            format="%H:%M", attrs={"placeholder": "08:00", "inputmode": "text", "class": "input-time"}
        ),
        error_messages={"invalid": _("Write the time as 08:00 or 8h30.")},
        **kwargs,
    )


def day_field(label, **kwargs):
    return forms.DateField(
        label=label,
        error_messages={"invalid": _("This day does not exist. Write it as dd/mm/yyyy.")},
        **kwargs,
    )


def moment(day, time) -> datetime:
    return datetime.combine(day, time, tzinfo=VIETNAM)
