"""A form field that names a record by typing, with suggestions from the server; it works without scripts too."""

from django import forms
from django.urls import reverse_lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Locality, Unit
from accounts.text import fold


def locality_label(locality: Locality) -> str:
    """ "Phường Ba Đình, Thành phố Hà Nội": the name and the province it is under (``locality.province_name``)."""
    province = getattr(locality, "province_name", None)
    label = f"{locality.name}, {province}" if province and province != locality.name else locality.name
    return f"{label} (đến {locality.abolished_on:%d/%m/%Y})" if locality.abolished_on else label


def unit_label(unit: Unit) -> str:
    return f"{unit.name}, {unit.locality.name}"


class PickWidget(forms.TextInput):
    template_name = "accounts/widgets/pick.html"

    def __init__(self, options_url, attrs=None):
        super().__init__(attrs)
        self.options_url = options_url

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["options_url"] = self.options_url
        context["widget"]["list_id"] = f"{context['widget']['attrs'].get('id', name)}_options"
        return context


class PickField(forms.CharField):
    """Text in, a record out. ``candidates`` is the queryset that may be chosen from; set it in the form."""

    default_error_messages = {
        "unknown": _("Nothing of this name can be chosen here. Pick one from the suggestions."),
        "several": _("Several have this name. Pick one from the suggestions, with its place."),
    }

    def __init__(self, *, candidates, label_of, options_url, **kwargs):
        kwargs.setdefault("widget", PickWidget(options_url))
        kwargs.setdefault("max_length", 450)
        super().__init__(**kwargs)
        self.candidates, self.label_of = candidates, label_of

    def prepare_value(self, value):
        return self.label_of(value) if isinstance(value, Locality | Unit) else value

    def clean(self, value):
        text = super().clean(value)
        if not text:
            return None
        found = list(self._named(text)[:50])
        exact = [one for one in found if self.label_of(one) == text]
        alike = [one for one in found if fold(self.label_of(one)) == fold(text)]
        chosen = exact or alike or found
        if not chosen:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        if len(chosen) > 1:
            raise forms.ValidationError(self.error_messages["several"], code="several")
        return chosen[0]

    def _named(self, text):
        # A label is a name, a comma and the place; a name itself may hold commas.
        parts = text.split(",")
        names = [fold(",".join(parts[:end])) for end in range(len(parts), 0, -1)]
        return self.candidates.filter(name_folded__in=[*names, *[name.split(" (den ")[0] for name in names]])


class LocalityField(PickField):
    def __init__(self, *, in_force_only=False, **kwargs):
        url = reverse_lazy("accounts:locality_options")
        super().__init__(
            candidates=Locality.objects.with_province(),
            label_of=locality_label,
            options_url=format_lazy("{}?in_force=1", url) if in_force_only else url,
            **kwargs,
        )


class UnitField(PickField):
    def __init__(self, *, managed_only=False, **kwargs):
        url = reverse_lazy("accounts:unit_options")
        super().__init__(
            candidates=Unit.objects.select_related("locality"),
            label_of=unit_label,
            options_url=format_lazy("{}?managed=1", url) if managed_only else url,
            **kwargs,
        )
