"""Input of the calendar, the regulations and the working-out. What is allowed is decided by policies and services."""

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import LocalityField
from accounts.models import Level, Locality, User
from accounts.text import nfc
from deadlines.counting import MAX_NUMBER, CountError, check
from deadlines.models import CalendarDay, DayKind, MeetingType, Obligation, Quantity, Regulation, Rule
from deadlines.policies import administered_localities


class DateInput(forms.DateInput):
    """dd/mm/yyyy, typed or picked."""

    def __init__(self):
        super().__init__(attrs={"data-date": "", "inputmode": "numeric", "autocomplete": "off"})


class DateField(forms.DateField):
    widget = DateInput

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", _("dd/mm/yyyy"))
        super().__init__(**kwargs)


class TextField(forms.CharField):
    """Keeps Vietnamese letters composed."""

    def to_python(self, value):
        return nfc(super().to_python(value))


class _Form(forms.Form):
    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        return helper


class _VersionedForm(_Form):
    """An edit carries the version it started from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def fields_to_save(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class WorkingOutForm(_Form):
    """The question: so many days from that day, by the calendar of that place."""

    start = DateField(label=_("Day of the event"))
    number = forms.IntegerField(label=_("Number of days"), min_value=1, max_value=MAX_NUMBER)
    unit = forms.ChoiceField(
        label=_("Counted in"), choices=[c for c in Quantity.choices if c[0] in ("working_days", "calendar_days")]
    )
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=[("after", _("after the event")), ("before", _("before the event"))],
        required=False,
    )
    locality = forms.ModelChoiceField(Locality.objects.all(), required=False, widget=forms.HiddenInput)

    def clean(self):
        data = super().clean()
        if {"start", "number", "unit"} <= data.keys():
            try:
                check(data["start"], data["number"], data["unit"])
            except CountError as error:
                self.add_error(error.field, str(error))
        return data


class CalendarDayForm(_VersionedForm):
    """A day that differs from the ordinary."""

    day = DateField(label=_("Day"))
    kind = forms.ChoiceField(label=_("What it is"), choices=DayKind.choices, widget=forms.RadioSelect)
    name = TextField(
        label=_("Reason"), max_length=200, help_text=_("As it should stand in the working-out of a deadline.")
    )
    decision_number = TextField(
        label=_("Number of the decision"), max_length=60, required=False, help_text=_("For example 9441/TB-BNV.")
    )
    decision_date = DateField(label=_("Date of the decision"), required=False)
    locality = LocalityField(label=_("Only in"), required=False)

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        place = self.fields["locality"]
        place.candidates = administered_localities(actor).with_province()
        if actor.scope.is_system_admin:
            place.help_text = _("Leave empty for the whole country; a place stands for everything in it.")
        else:
            place.required = place.widget.is_required = True
            place.help_text = _("A place that you administer; it stands for everything in it.")

    @staticmethod
    def initial_of(calendar_day: CalendarDay) -> dict:
        names = ("day", "kind", "name", "decision_number", "decision_date", "version")
        initial = {name: getattr(calendar_day, name) for name in names}
        if calendar_day.locality_id:
            initial["locality"] = Locality.objects.with_province().get(pk=calendar_day.locality_id)
        return initial


class ConfirmYearForm(_Form):
    source = TextField(
        label=_("What it was compared with"),
        max_length=400,
        help_text=_("The announcements of days off and swapped days, with their numbers."),
    )


class RegulationForm(_VersionedForm):
    """A regulation and the place it binds."""

    number = TextField(label=_("Number and code"), max_length=60, help_text=_("For example 935-QĐ/TU."))
    title = TextField(label=_("Title"), max_length=400)
    issuer = TextField(label=_("Issued by"), max_length=200)
    issued_on = DateField(label=_("Issued on"), required=False)
    in_force_from = DateField(label=_("In force from"))
    in_force_to = DateField(
        label=_("In force to"), required=False, help_text=_("The last day, dd/mm/yyyy; leave empty while it holds.")
    )
    replaces = forms.ModelChoiceField(
        Regulation.objects.none(), label=_("Replaces"), required=False, empty_label=_("None")
    )
    jurisdiction = LocalityField(
        label=_("Binds"), help_text=_("The place, and with it everything in it. Type a part of its name.")
    )
    note = TextField(label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args, actor: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["jurisdiction"].candidates = administered_localities(actor).with_province()
        self.fields["replaces"].queryset = Regulation.objects.visible_to(actor).order_by("number", "pk")

    @staticmethod
    def initial_of(regulation: Regulation) -> dict:
        names = ("number", "title", "issuer", "issued_on", "in_force_from", "in_force_to", "note", "version")
        initial = {name: getattr(regulation, name) for name in names}
        initial["replaces"] = regulation.replaces_id
        initial["jurisdiction"] = Locality.objects.with_province().get(pk=regulation.jurisdiction_id)
        return initial


class RuleForm(_VersionedForm):
    """One obligation of a regulation."""

    obligation = forms.ChoiceField(label=_("Obligation"), choices=Obligation.choices)
    number = forms.IntegerField(label=_("How many"), min_value=1)
    unit = forms.ChoiceField(label=_("Counted in"), choices=Quantity.choices)
    level = forms.ChoiceField(label=_("Level"), choices=[("", _("All levels")), *Level.choices], required=False)
    meeting_type = forms.ChoiceField(
        label=_("Type of meeting"), choices=[("", _("All types")), *MeetingType.choices], required=False
    )
    article = TextField(label=_("Article"), max_length=100, required=False, help_text=_("For example Điều 43."))
    source = TextField(
        label=_("Source"), max_length=400, required=False, help_text=_("Where the text was read, and by whom.")
    )
    extension_days = forms.IntegerField(
        label=_("May be extended by at most"),
        min_value=0,
        required=False,
        help_text=_(
            "Days in all, counted as the limit is. 0: the regulation allows no extension. Empty: it says nothing of it."
        ),
    )
    allows_pause = forms.BooleanField(
        label=_("The clock may be stopped"),
        required=False,
        help_text=_("Only of replies, and only where the regulation says so, for example while papers are awaited."),
    )
    is_verified = forms.BooleanField(label=_("Verified against the text"), required=False)

    @staticmethod
    def initial_of(rule: Rule) -> dict:
        return {name: getattr(rule, name) for name in RuleForm.base_fields}


class ApplyChangeForm(_Form):
    """The decision on a change. ``seen`` is which change was the last one applied when the page was opened."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    moves_open = forms.BooleanField(
        label=_("The open deadlines listed above follow the new rule"),
        required=False,
        help_text=_("Otherwise each keeps what bound it. Your decision and its reason stand in the record."),
    )
    reason = TextField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed when open deadlines are to follow; the people concerned read it."),
    )

    def __init__(self, *args, asks_of_open: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not asks_of_open:
            del self.fields["moves_open"], self.fields["reason"]
