"""Announcing, postponing, cancelling and holding."""

from django import forms
from django.utils.translation import gettext_lazy as _

from meetings.forms.base import PlainForm, day_field, moment, time_field


class AnnounceForm(PlainForm):
    announced_on = day_field(_("Announced on"))


class PostponeForm(PlainForm):
    SERVICE_FIELDS = {"planned_start": "day", "planned_end": "end_time"}

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    day = day_field(_("New day"), required=False, help_text=_("Leave the new time empty when it is not known yet."))
    start_time = time_field(_("Starts at"), required=False)
    end_time = time_field(_("Ends at"), required=False)

    def clean(self):
        parts = [name for name in ("day", "start_time", "end_time") if self.cleaned_data.get(name)]
        if parts and not self.errors:
            for name in {"day", "start_time", "end_time"} - set(parts):
                self.add_error(name, _("Give the day and both times, or leave all three empty."))
        return self.cleaned_data

    def values(self) -> dict:
        data = self.cleaned_data
        if not data["day"]:
            return {"reason": data["reason"]}
        return {
            "reason": data["reason"],
            "planned_start": moment(data["day"], data["start_time"]),
            "planned_end": moment(data["day"], data["end_time"]),
        }


class CancelForm(PlainForm):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class HoldForm(PlainForm):
    SERVICE_FIELDS = {"actual_start": "day", "actual_end": "end_time"}

    day = day_field(_("Day it was held"))
    start_time = time_field(_("Starts at"))
    end_time = time_field(_("Ends at"))

    def values(self) -> dict:
        data = self.cleaned_data
        return {
            "actual_start": moment(data["day"], data["start_time"]),
            "actual_end": moment(data["day"], data["end_time"]),
        }
