"""Which place's calendar is asked for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import LocalityField
from accounts.models import Locality


class PlaceForm(forms.Form):
    """A place by its name; links name it by its number."""

    place = LocalityField(label=_("As it holds in"), required=False)
    place.widget.attrs["class"] = "form-control"

    @classmethod
    def asked(cls, text: str) -> "PlaceForm":
        if text.isascii() and text.isdecimal() and len(text) < 10:
            found = Locality.objects.with_province().filter(pk=int(text)).first()
            text = cls.base_fields["place"].prepare_value(found) if found else text
        form = cls({"place": text})
        form.is_valid()
        return form

    @property
    def chosen(self) -> Locality | None:
        return self.cleaned_data.get("place")
