"""Input only: what may be typed where. The rules are in the services."""

import uuid

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from deadlines import clock
from feedback.models import Category, Competence, FieldDepartment, Opinion, Resolution, Speech
from meetings.models import Field
from meetings.uploads import check_upload

LONG = 20_000
# It stands in the ledger of moves with the days of the pause.
LONGEST_PAUSE_REASON = 300


def lines(rows: int, **attrs) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


class DateField(forms.DateField):
    """Typed as dd/mm/yyyy, or picked where scripts run."""

    widget = forms.DateInput(attrs={"data-date": "", "inputmode": "numeric", "autocomplete": "off"}, format="%d/%m/%Y")


CONSENT_CHOICES = [("", _("Not asked")), ("True", _("Agrees")), ("False", _("Does not agree"))]


class SpeakerFields(forms.Form):
    """Who speaks. All of it may stay empty: people speak without giving their names."""

    speaker = forms.CharField(label=_("Who is speaking"), max_length=200, required=False)
    represents = forms.CharField(label=_("Speaks for"), max_length=200, required=False)
    phone = forms.RegexField(
        r"^[0-9+(). \-]{6,20}$",
        label=_("Phone"),
        max_length=20,
        required=False,
        error_messages={"invalid": _("A phone number has digits only, 6 to 20 of them.")},
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    consents_to_publication = forms.TypedChoiceField(
        label=_("Publication of the name"),
        choices=CONSENT_CHOICES,
        required=False,
        empty_value=None,
        coerce=lambda value: value == "True",
        help_text=_("Without an explicit yes nothing about the person is ever published."),
    )


class EntryForm(SpeakerFields):
    """The form that stays in place while people speak."""

    client_key = forms.UUIDField(widget=forms.HiddenInput)
    same_speech_as = forms.ModelChoiceField(Speech.objects.none(), required=False, widget=forms.HiddenInput)
    text = forms.CharField(label=_("What is said"), max_length=LONG, widget=lines(8))
    field = forms.ModelChoiceField(
        Field.objects.none(),
        label=_("Field"),
        error_messages={"required": _("Choose the field: keys 1 to 9, or Alt and the key while typing.")},
    )
    category = forms.ChoiceField(label=_("Category"), choices=Category, initial=Category.PETITION)
    competence = forms.ChoiceField(label=_("Competence"), choices=Competence, initial=Competence.OWN, required=False)
    answer = forms.CharField(label=_("Answer given on the spot"), max_length=LONG, required=False, widget=lines(4))
    answered_by = forms.CharField(label=_("Answered by"), max_length=200, required=False)

    def __init__(self, *args, meeting, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["field"].queryset = Field.objects.select_related("parent")
        self.fields["same_speech_as"].queryset = meeting.speeches.all()
        self.fields["speaker"].widget.attrs.update({"list": "heard", "autocomplete": "off"})

    @staticmethod
    def fresh_key() -> uuid.UUID:
        return uuid.uuid4()

    def clean_competence(self):
        return self.cleaned_data["competence"] or Competence.OWN

    def clean(self):
        cleaned = super().clean()
        speech, speaker = cleaned.get("same_speech_as"), cleaned.get("speaker")
        if speech is not None and speaker and speaker.strip() != speech.speaker:
            cleaned["same_speech_as"] = None  # Another name was typed: somebody else is speaking.
        if cleaned.get("answer") and cleaned.get("category") in {Category.COMPLAINT, Category.DENUNCIATION}:
            self.add_error(
                "answer", _("Complaints and denunciations are not answered here; they leave by a transfer slip.")
            )
        if cleaned.get("answered_by") and not cleaned.get("answer"):
            self.add_error("answer", _("Write down the answer that was given, or leave both empty."))
        return cleaned


class AdvanceForm(EntryForm):
    """A question collected before the meeting: nobody has answered it yet."""

    answer = answered_by = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["speaker"].label = _("Who asks")
        self.fields["speaker"].widget.attrs.pop("list")
        self.fields["text"].label = _("The question")
        self.fields["text"].widget.attrs["rows"] = 4
        del self.fields["same_speech_as"]


class OpinionForm(SpeakerFields):
    """A correction of what was written down."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(label=_("Opinion"), max_length=LONG, widget=lines(7))
    category = forms.ChoiceField(label=_("Category"), choices=Category)
    field = forms.ModelChoiceField(Field.objects.none(), label=_("Field"), empty_label=_("Choose a field"))
    competence = forms.ChoiceField(label=_("Competence"), choices=Competence)
    public_summary = forms.CharField(
        label=_("Summary for the public, without personal data"),
        max_length=LONG,
        required=False,
        widget=lines(3),
        help_text=_("Shown on the portal to whoever has the tracking code. Empty: only code, field and area show."),
    )
    same_matter_as = forms.ModelChoiceField(
        Opinion.objects.none(),
        label=_("Same matter as"),
        required=False,
        empty_label=_("None"),
        help_text=_("An earlier opinion of this locality in which the same was raised."),
    )

    def __init__(self, *args, opinion, earlier, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(["version", "text", "category", "field", "competence", "public_summary", "same_matter_as"])
        self.fields["field"].queryset = Field.objects.all()
        self.fields["same_matter_as"].queryset = earlier
        self.fields["speaker"].label = _("Who spoke")
        self.opinion = opinion

    @staticmethod
    def initial_of(opinion: Opinion) -> dict:
        speech = opinion.speech
        own = {name: getattr(opinion, name) for name in ("version", "text", "category", "competence", "public_summary")}
        own |= {"field": opinion.field_id, "same_matter_as": opinion.same_matter_as_id}
        own |= {name: getattr(speech, name) for name in ("speaker", "represents", "phone", "address")}
        agreed = speech.consents_to_publication
        return own | {"consents_to_publication": "" if agreed is None else str(agreed)}


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("Answer given at the meeting"), max_length=LONG, widget=lines(6))
    answered_by = forms.CharField(label=_("Answered by"), max_length=200, help_text=_("Name and office."))
    resolution = forms.ChoiceField(
        label=_("Resolution"),
        choices=[(value, label) for value, label in Resolution.choices if value != Resolution.UNDER_WAY],
        initial=Resolution.EXPLAINED,
        help_text=_("What is still under way is assigned to a department instead, with a date."),
    )


class AssignForm(forms.Form):
    lead_department = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Lead department"), empty_label=_("Choose a department")
    )
    coordinating_departments = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label=_("Coordinating departments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    task = forms.CharField(label=_("Task"), max_length=LONG, widget=lines(3))
    due_on = DateField(label=_("Due on"))
    due_reason = forms.CharField(
        label=_("Reason for another date"),
        max_length=300,
        required=False,
        help_text=_("Needed only when the date differs from the one the rule gives."),
    )

    def __init__(self, *args, departments, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("lead_department", "coordinating_departments"):
            self.fields[name].queryset = departments


class TransferForm(forms.Form):
    transferred_to = forms.CharField(
        label=_("Competent body"), max_length=200, help_text=_("The body that the law makes responsible.")
    )
    reason = forms.CharField(
        label=_("Ground for the transfer"), max_length=LONG, widget=lines(4), help_text=_("The provision that applies.")
    )


class ReasonForm(forms.Form):
    """One long text: a reason, a remark, a note. The name is that of the service's argument."""

    def __init__(self, *args, name, label, hint="", rows: int = 4, required: bool = True, longest=LONG, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields[name] = forms.CharField(
            label=label, help_text=hint, max_length=longest, widget=lines(rows), required=required
        )


class ExtensionForm(forms.Form):
    asked_until = DateField(label=_("New date asked for"))
    reason = forms.CharField(label=_("Reason"), max_length=LONG, widget=lines(4))


class DecisionForm(forms.Form):
    is_granted = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("True", _("Grant the later date")), ("False", _("Refuse; the date stays as it is"))],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
    )
    remark = forms.CharField(
        label=_("Remark"), max_length=LONG, required=False, widget=lines(3), help_text=_("Needed for a refusal.")
    )


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once, each checked by its content."""

    widget = ManyFilesInput

    def clean(self, data, initial=None):
        uploads = [super(ManyFilesField, self).clean(one, initial) for one in (data or []) if one]
        if len(uploads) > 10:
            raise ValidationError(_("At most ten documents at a time."))
        for upload in uploads:
            check_upload(upload)
        return uploads


class ReplyForm(forms.Form):
    text = forms.CharField(label=_("Reply"), max_length=LONG, widget=lines(7))
    resolution = forms.ChoiceField(
        label=_("Resolution"), choices=[("", _("Choose how the matter ended")), *Resolution.choices]
    )
    promised_on = DateField(
        label=_("Promised date"), required=False, help_text=_("By when it will be done, if it is still under way.")
    )
    transferred_to = forms.CharField(
        label=_("Transferred to"),
        max_length=200,
        required=False,
        help_text=_("The body it belongs to, if it is beyond your authority."),
    )
    documents = ManyFilesField(
        label=_("Documents"), required=False, help_text=_("PDF, pictures or office files, up to 25 MB each.")
    )

    def clean(self):
        cleaned = super().clean()
        resolution = cleaned.get("resolution")
        if resolution == Resolution.UNDER_WAY and "promised_on" not in self.errors and not cleaned.get("promised_on"):
            self.add_error("promised_on", _("Say by which date it will be done."))
        if resolution == Resolution.BEYOND_AUTHORITY and not cleaned.get("transferred_to"):
            self.add_error("transferred_to", _("Name the body that the matter belongs to."))
        return cleaned


class FieldDepartmentsForm(forms.Form):
    """One line for each field: the department in charge, or none."""

    def __init__(self, *args, unit: Unit, departments, **kwargs):
        super().__init__(*args, **kwargs)
        mapped = dict(FieldDepartment.objects.filter(unit=unit).values_list("field", "department"))
        choices = [("", _("Nobody in particular"))] + [(str(one.pk), one.name) for one in departments]
        self.lines = list(Field.objects.select_related("parent").order_by("position", "name"))
        self.departments = {str(one.pk): one for one in departments}
        for line in self.lines:
            self.fields[f"field_{line.pk}"] = forms.ChoiceField(
                label=line.name, choices=choices, required=False, initial=str(mapped.get(line.pk, ""))
            )

    def chosen(self):
        """(field, department or None) of each line."""
        for line in self.lines:
            yield line, self.departments.get(self.cleaned_data[f"field_{line.pk}"])

    def rows(self):
        """Lines in the order of the tree: each top field followed by its sub-fields."""
        tops = [line for line in self.lines if line.parent_id is None]
        for top in tops:
            yield {"field": self[f"field_{top.pk}"], "is_top": True}
            for line in self.lines:
                if line.parent_id == top.pk:
                    yield {"field": self[f"field_{line.pk}"], "is_top": False}


def today_initial(due_on) -> str:
    return f"{max(due_on, clock.today()):%d/%m/%Y}"
