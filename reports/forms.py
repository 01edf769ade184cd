"""Input of the dashboard and of the returns."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import LocalityField
from accounts.models import Level, Locality
from deadlines.models import MeetingType
from meetings.models import Mode
from reports.checks import Entry
from reports.models import Bound, Return
from reports.periods import Preset
from reports.sums import MEASURES


def _place_label(locality: Locality, depth: int) -> str:
    name = "\u2003" * depth + locality.name
    return f"{name} (đến {locality.abolished_on:%d/%m/%Y})" if locality.abolished_on else name


def _place_choices(places: Sequence[Locality]) -> list[tuple[str, str]]:
    ordered = sorted(places, key=lambda one: one.path)
    top = min((one.depth for one in ordered), default=1)
    return [(str(one.pk), _place_label(one, one.depth - top)) for one in ordered]


class ChoiceForm(forms.Form):
    """Which place, period, level and type: lives in the address."""

    locality = forms.ChoiceField(label=_("Locality"), required=False)
    period = forms.ChoiceField(label=_("Period"), choices=Preset.choices, required=False)
    level = forms.ChoiceField(label=_("Level"), choices=[("", _("All levels")), *Level.choices], required=False)
    type = forms.ChoiceField(
        label=_("Type of meeting"), choices=[("", _("All types")), *MeetingType.choices], required=False
    )

    def __init__(self, data=None, *, places: Sequence[Locality], chosen: Locality, default_period: str):
        if data is not None:
            data = data.copy()
            data.setdefault("locality", str(chosen.pk))
            data.setdefault("period", default_period)
        super().__init__(data)
        days = {"from": _("From"), "to": _("To")}
        for name, label in days.items():
            self.fields[name] = forms.DateField(label=label, required=False)
        self.fields["locality"].choices = _place_choices(places)
        self.fields["locality"].initial = str(chosen.pk)
        self.fields["period"].initial = default_period
        self.order_fields(["locality", "period", "from", "to", "level", "type"])

    def clean(self):
        data = super().clean()
        first, last = data.get("from"), data.get("to")
        if first and last and last < first:
            self.add_error("to", _("The period ends before it starts."))
        return data


class YearForm(forms.Form):
    """Which place and which year: lives in the address."""

    locality = forms.ChoiceField(label=_("Locality"), required=False)
    year = forms.TypedChoiceField(label=_("Year"), coerce=int, required=False, empty_value=None)

    def __init__(self, data=None, *, places: Sequence[Locality], chosen: Locality, years: range, default_year: int):
        if data is not None:
            data = data.copy()
            data.setdefault("locality", str(chosen.pk))
            data.setdefault("year", str(default_year))
        super().__init__(data)
        self.fields["locality"].choices = _place_choices(places)
        self.fields["locality"].initial = str(chosen.pk)
        self.fields["year"].choices = [(str(year), str(year)) for year in reversed(years)]
        self.fields["year"].initial = str(default_year)


def _number(label: str) -> forms.IntegerField:
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=99_999_999)


def _bound() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("How sure"), choices=Bound.choices, required=False, initial=Bound.EXACT)


class _Figures(forms.Form):
    """The five measures with the bounds that sources give."""

    meetings = _number(_("Meetings"))
    attendances = _number(_("Attendances"))
    attendances_bound = _bound()
    speeches = _number(_("Speeches"))
    opinions = _number(_("Opinions"))
    opinions_bound = _bound()
    answered = _number(_("Answered"))

    def clean(self):
        data = super().clean()
        for name in ("attendances_bound", "opinions_bound"):
            data[name] = data.get(name) or Bound.EXACT
        return data


class ReturnForm(_Figures):
    """A return without its rows and fields."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    locality = LocalityField(label=_("Locality"), help_text=_("Type a part of its name."))
    period_from = forms.DateField(label=_("From"))
    period_to = forms.DateField(label=_("To (last day)"))
    is_period_approximate = forms.BooleanField(label=_("The source gives the years only"), required=False)
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("The report or article that the figures come from.")
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    field_order = ["version", "locality", "period_from", "period_to", "is_period_approximate", "source", "note"]


class RowForm(_Figures):
    """One row by level and type; an "of which" row is shown and not added."""

    level = forms.ChoiceField(label=_("Level"), choices=[("", _("not stated")), *Level.choices], required=False)
    meeting_type = forms.ChoiceField(
        label=_("Type"), choices=[("", _("not stated")), *MeetingType.choices], required=False
    )
    mode = forms.ChoiceField(label=_("Mode"), choices=[("", _("not stated")), *Mode.choices], required=False)
    sector = forms.CharField(label=_("Sector"), max_length=120, required=False)
    label = forms.CharField(label=_("Label"), max_length=200, required=False)
    is_of_which = forms.BooleanField(label=_("Of which: not added to the total"), required=False)
    field_order = ["level", "meeting_type", "mode", "sector", "label", "is_of_which"]

    @property
    def is_empty(self) -> bool:
        data = self.cleaned_data
        return not data.get("label") and all(data.get(name) is None for name in MEASURES)


class FieldForm(forms.Form):
    field_name = forms.CharField(label=_("Field"), max_length=120, required=False)
    opinions = _number(_("Opinions"))

    def clean(self):
        data = super().clean()
        if data.get("field_name") and data.get("opinions") is None and "opinions" not in self.errors:
            self.add_error("opinions", _("Give the number of opinions in this field."))
        if data.get("opinions") is not None and not data.get("field_name"):
            self.add_error("field_name", _("Name the field."))
        return data


class ImportForm(forms.Form):
    table = forms.FileField(
        label=_("Table (CSV)"), help_text=_("The template filled in, saved from Excel as “CSV UTF-8”; at most 1 MB.")
    )


class FeedForm(forms.Form):
    """A private address of one's calendar; sent twice it is one."""

    name = forms.CharField(
        label=_("Where it will be used"),
        max_length=100,
        required=False,
        help_text=_("For example “my phone”: so that you know later which address to revoke."),
    )
    client_key = forms.UUIDField(widget=forms.HiddenInput)


MAX_ROWS = 60


class ReturnEntry:
    """The form of a return with its rows and fields; works without scripts, ``add_rows`` brings more empty lines."""

    def __init__(self, data=None, *, record: Return | None = None, candidates=None):
        initial, rows, fields = ({}, [], []) if record is None else _initial(record)
        extra = 3 if record is None else 1
        row_forms = forms.formset_factory(
            RowForm, extra=extra, max_num=MAX_ROWS, absolute_max=MAX_ROWS, validate_max=True
        )
        field_forms = forms.formset_factory(
            FieldForm, extra=extra + 2, max_num=MAX_ROWS, absolute_max=MAX_ROWS, validate_max=True
        )
        if data is not None and "add_rows" in data:
            data = data.copy()
            for prefix in ("rows", "fields"):
                total = data.get(f"{prefix}-TOTAL_FORMS", "0")
                data[f"{prefix}-TOTAL_FORMS"] = str(
                    min(MAX_ROWS, (int(total) if total.isdecimal() and len(total) < 5 else 0) + 3)
                )
        self.form = ReturnForm(data, initial=initial)
        if candidates is not None:
            self.form.fields["locality"].candidates = candidates
        self.rows = row_forms(data, initial=rows, prefix="rows")
        self.fields = field_forms(data, initial=fields, prefix="fields")

    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.rows.is_valid(), self.fields.is_valid()])

    @property
    def version(self) -> int:
        return self.form.cleaned_data.get("version") or 0

    def entry(self) -> Entry:
        """What was typed, empty lines left out."""
        values = {name: value for name, value in self.form.cleaned_data.items() if name != "version"}
        rows = []
        for form in self.rows:
            if form.is_empty:
                continue
            row = dict(form.cleaned_data)
            row["is_part_of_total"] = not row.pop("is_of_which")
            rows.append(row)
        fields = [dict(form.cleaned_data) for form in self.fields if form.cleaned_data.get("field_name")]
        return Entry(values, rows, fields)


def _initial(record: Return) -> tuple[dict, list[dict], list[dict]]:
    names = [name for name in ReturnForm.base_fields if name != "locality"]
    form = {name: getattr(record, name) for name in names}
    form["locality"] = Locality.objects.with_province().get(pk=record.locality_id)
    rows = [
        {name: getattr(row, name) for name in RowForm.base_fields if name != "is_of_which"}
        | {"is_of_which": not row.is_part_of_total}
        for row in record.rows.all()
    ]
    fields = [{"field_name": one.field_name, "opinions": one.opinions} for one in record.by_field.all()]
    return form, rows, fields
