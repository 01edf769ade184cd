import hashlib

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Locality
from deadlines.clock import today
from deadlines.models import MeetingType
from portal.queries import provinces


class SearchForm(forms.Form):
    """The search of the public lists; it lives in the URL and never refuses: a bad value is just not applied."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    tinh = forms.ModelChoiceField(
        label=_("Province or city"),
        required=False,
        queryset=Locality.objects.none(),
        to_field_name="code",
        empty_label=_("Whole country"),
    )
    loai = forms.ChoiceField(
        label=_("Type of meeting"), required=False, choices=[("", _("All types")), *MeetingType.choices]
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["tinh"].queryset = provinces(on=today())


class VerifyFileForm(forms.Form):
    pdf = forms.FileField(
        label=_("PDF file of the notice"),
        help_text=_("The file is compared on this server by its SHA-256 and not kept."),
    )

    def clean_pdf(self):
        upload = self.cleaned_data["pdf"]
        if upload.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 25 MB; a notice never is."))
        return upload

    def sha256(self) -> str:
        digest = hashlib.sha256()
        for chunk in self.cleaned_data["pdf"].chunks():
            digest.update(chunk)
        return digest.hexdigest()
