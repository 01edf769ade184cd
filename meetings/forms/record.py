"""Attendance and minutes, agenda, invitations and documents."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from meetings.forms.base import MANY, PeopleField, PlainForm
from meetings.models import AudienceGroup, Invitation, InvitationAnswer, Meeting
from meetings.uploads import ACCEPT


class RecordForm(PlainForm):
    """Attendance by group, and the minutes."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    opening = forms.CharField(
        label=_("Opening"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Time, place, who attended, what the chair said to open the meeting."),
    )
    proceedings = forms.CharField(
        label=_("Proceedings"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("How the meeting went. Citizens' opinions are recorded one by one on their own page."),
    )
    closing = forms.CharField(
        label=_("Closing"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What the chair concluded, and when the meeting ended."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for group, label in AudienceGroup.choices:
            self.fields[group] = PeopleField(
                label=label,
                required=False,
                min_value=0,
                max_value=100_000,
                widget=forms.TextInput(attrs={"inputmode": "numeric", "data-sum": "", "autocomplete": "off"}),
            )

    @property
    def attendance_fields(self):
        return [self[group] for group in AudienceGroup.values]

    def values(self) -> dict:
        data = self.cleaned_data
        numbers = {group: data[group] for group in AudienceGroup.values}
        return {"numbers": numbers, **{name: data[name] for name in ("version", "opening", "proceedings", "closing")}}

    @staticmethod
    def saved_values(meeting: Meeting, minutes) -> dict:
        numbers = {row.group: row.number for row in meeting.attendance.all()}
        texts = {name: getattr(minutes, name, "") for name in ("opening", "proceedings", "closing")}
        return texts | numbers | {"version": minutes.version if minutes else 0}


class BaseAgendaFormSet(forms.BaseFormSet):
    def items(self) -> list[dict]:
        """The items in the order asked for, without those deleted or empty."""
        rows = [form.cleaned_data for form in self.ordered_forms if form.cleaned_data.get("title")]
        return [{name: row[name] for name in ("title", "minutes", "speaker")} for row in rows]


class AgendaRowForm(forms.Form):
    title = forms.CharField(label=_("Content"), max_length=300)
    minutes = forms.IntegerField(label=_("Length in minutes"), required=False, min_value=0, max_value=1440)
    speaker = forms.CharField(label=_("Speaker"), max_length=200, required=False)


AgendaFormSet = forms.formset_factory(
    AgendaRowForm, formset=BaseAgendaFormSet, extra=2, can_order=True, can_delete=True, max_num=60, absolute_max=80
)


class InviteForm(PlainForm):
    units = forms.ModelMultipleChoiceField(label=_("Units"), queryset=Unit.objects.none(), required=False)
    names = forms.CharField(
        label=_("Other bodies or persons"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One on each line."),
    )

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields["units"]
        field.widget = (
            forms.CheckboxSelectMultiple() if len(units) <= MANY else forms.SelectMultiple(attrs={"size": 10})
        )
        field.queryset = Unit.objects.filter(pk__in=[unit.pk for unit in units])
        field.choices = [(unit.pk, str(unit)) for unit in units]

    def clean(self):
        if not self.errors and not self.cleaned_data.get("units") and not self.cleaned_data.get("names", "").strip():
            raise forms.ValidationError(_("Choose a unit or write a name."))
        return self.cleaned_data


class AnswerForm(PlainForm):
    answer = forms.ChoiceField(label=_("Answer"), choices=InvitationAnswer, widget=forms.RadioSelect)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields |= forms.fields_for_model(Invitation, fields=["person", "position"])


class AttachmentForm(PlainForm):
    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("PDF, picture or Office file, at most 25 MB. Its content is checked."),
        error_messages={"empty": _("The file is empty.")},
    )
    title = forms.CharField(label=_("Title of the document"), max_length=200, required=False)
