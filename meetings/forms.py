"""Input of the meeting pages. What may stand is decided by the services."""

import re
from datetime import datetime

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.fields import LocalityField
from accounts.models import Locality, LocalityKind, Unit, UnitKind, User
from deadlines.clock import VIETNAM
from meetings import policies
from meetings.models import AudienceGroup, Field, Invitation, InvitationAnswer, Meeting
from meetings.uploads import ACCEPT

PLAIN_FIELDS = (
    "topic",
    "meeting_type",
    "mode",
    "place",
    "online_address",
    "chair",
    "co_chairs",
    "secretary",
    "standing_member",
    "is_standing_member_confirmed",
    "audience_groups",
    "expected_attendance",
    "version",
)
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


class MeetingForm(PlainForm):
    """All attributes of a plan. ``user`` decides which units and places can be chosen."""

    # The service's names for what the form asks in parts.
    SERVICE_FIELDS = {"planned_start": "day", "planned_end": "end_time"}

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    host_unit = forms.ModelChoiceField(label=_("Host unit"), queryset=Unit.objects.none(), empty_label=None)
    cohost_units = forms.ModelMultipleChoiceField(
        label=_("Co-host units"), queryset=Unit.objects.none(), required=False
    )
    day = day_field(_("Day"))
    start_time = time_field(_("Starts at"))
    end_time = time_field(_("Ends at"))
    online_address = forms.URLField(
        label=_("Online address"),
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text=_("The link for joining; needed for an online meeting."),
    )
    locality = forms.ModelChoiceField(
        label=_("Locality"),
        queryset=Locality.objects.none(),
        empty_label=None,
        help_text=_("The place whose people are met; a residential area counts for its commune."),
    )
    covered_localities = forms.ModelMultipleChoiceField(
        label=_("Localities covered"), queryset=Locality.objects.none(), required=False
    )
    fields_to_discuss = forms.MultipleChoiceField(
        label=_("Fields to discuss"), required=False, widget=forms.CheckboxSelectMultiple
    )
    audience_groups = forms.MultipleChoiceField(
        label=_("Audience groups"), choices=AudienceGroup, required=False, widget=forms.CheckboxSelectMultiple
    )
    expected_attendance = PeopleField(label=_("Expected attendance"), required=False, min_value=0, max_value=100_000)

    def __init__(self, *args, user, meeting=None, **kwargs):
        self.user, self.meeting = user, meeting
        super().__init__(*args, **kwargs)
        self.fields |= forms.fields_for_model(
            Meeting,
            fields=[
                "topic",
                "meeting_type",
                "mode",
                "place",
                "chair",
                "co_chairs",
                "secretary",
                "standing_member",
                "is_standing_member_confirmed",
            ],
            widgets={"topic": forms.Textarea(attrs={"rows": 2})},
        )
        self.fields["topic"].help_text = _("As it stands in the announcement: citizens read it.")
        for name in ("chair", "co_chairs", "secretary", "standing_member"):
            self.fields[name].widget.attrs |= {"list": "people-of-units", "autocomplete": "off"}
        self._choose()
        if meeting is not None and meeting.is_held:
            for name in ("host_unit", "locality", "meeting_type", "day", "start_time", "end_time"):
                self.fields[name].disabled = True
                self.fields[name].help_text = _("Stays as it is since the meeting was held.")

    def _choose(self):
        hosts = self._host_units()
        self.fields["host_unit"].queryset = Unit.objects.filter(pk__in=[unit.pk for unit in hosts])
        self.fields["host_unit"].choices = [(unit.pk, str(unit)) for unit in hosts]
        places = []
        if any(unit.locality.kind == LocalityKind.COUNTRY for unit in hosts):
            # Thousands of communes: named by typing, not chosen from a list.
            field = self.fields["locality"]
            self.fields["locality"] = LocalityField(label=field.label, help_text=field.help_text)
        else:
            places = self._places(hosts)
            self.fields["locality"].queryset = Locality.objects.filter(pk__in=[place.pk for place in places])
            self.fields["locality"].choices = [(place.pk, _place_label(place)) for place in places]
        self._offer("covered_localities", [place for place in places if place.abolished_on is None], Locality)
        self._offer("cohost_units", self._cohosts(hosts), Unit)
        self.fields["fields_to_discuss"].choices = _field_choices()

    def _offer(self, name, records, model):
        field = self.fields[name]
        if not records:
            field.widget = field.hidden_widget()
        elif len(records) <= MANY:
            field.widget = forms.CheckboxSelectMultiple()
        else:
            field.widget = forms.SelectMultiple(attrs={"size": 8})
        field.queryset = model.objects.filter(pk__in=[record.pk for record in records])
        field.choices = [(record.pk, str(record)) for record in records]

    def _host_units(self) -> list[Unit]:
        scope = self.user.scope
        held = {m.unit_id: m.unit for m in scope.memberships if m.role in policies.WRITERS or scope.is_system_admin}
        if self.meeting is not None:
            held[self.meeting.host_unit_id] = self.meeting.host_unit
        return list(held.values())

    def _places(self, hosts) -> list[Locality]:
        """The subtrees of the host units; where there are whole provinces beneath, without residential areas."""
        within = Q(pk__in=[unit.locality_id for unit in hosts])
        for path in {unit.locality.path for unit in hosts}:
            within |= Q(path__startswith=path)
        places = Locality.objects.filter(within)
        if any(unit.locality.kind == LocalityKind.PROVINCE for unit in hosts):
            places = places.exclude(kind=LocalityKind.RESIDENTIAL_AREA)
        return sorted(places[:2000], key=lambda place: (place.abolished_on is not None, place.path))

    def _cohosts(self, hosts) -> list[Unit]:
        own = {unit.locality_id for unit in hosts}
        above = {unit.locality.path[:end] for unit in hosts for end in range(4, len(unit.locality.path), 4)}
        chosen = self.meeting.cohost_units.all() if self.meeting is not None else []
        leading = [kind for kind in UnitKind if kind != UnitKind.DEPARTMENT]
        units = Unit.objects.filter(
            Q(locality__in=own, dissolved_on=None)
            | Q(locality__path__in=above, kind__in=leading, dissolved_on=None)
            | Q(pk__in=[unit.pk for unit in chosen])
        )
        hosts_only = {hosts[0].pk} if len(hosts) == 1 else set()
        return [unit for unit in units.order_by("-locality__depth", "name", "pk") if unit.pk not in hosts_only]

    @cached_property
    def helper(self):
        helper = PlainForm.helper.func(self)
        helper.layout = Layout(
            "version",
            Fieldset(_("What the meeting is about"), "topic", "meeting_type", "fields_to_discuss"),
            Fieldset(
                _("When and where"),
                Div(*WHEN, css_class="when-row"),
                "mode",
                "locality",
                "place",
                "online_address",
            ),
            Fieldset(
                _("Who leads it"),
                "host_unit",
                "cohost_units",
                "chair",
                "co_chairs",
                "secretary",
                "standing_member",
                "is_standing_member_confirmed",
            ),
            Fieldset(_("Who comes"), "audience_groups", "covered_localities", "expected_attendance"),
        )
        return helper

    @cached_property
    def people(self) -> list[str]:
        """Suggestions for the names: the people of the units that can be host."""
        units = [unit.pk for unit in self._host_units()]
        people = User.objects.filter(memberships__unit__in=units, is_active=True).distinct()[:200]
        return [", ".join(filter(None, [person.full_name, person.position])) for person in people]

    def values(self) -> dict:
        """The keyword arguments of the service."""
        data = dict(self.cleaned_data)
        data.pop("version")
        day, start, end = data.pop("day"), data.pop("start_time"), data.pop("end_time")
        data["fields"] = Field.objects.filter(pk__in=data.pop("fields_to_discuss"))
        return data | {"planned_start": moment(day, start), "planned_end": moment(day, end)}

    @staticmethod
    def saved_values(meeting: Meeting) -> dict:
        """What is saved now, by the names of this form."""
        start, end = (value.astimezone(VIETNAM) for value in (meeting.planned_start, meeting.planned_end))
        plain = {name: getattr(meeting, name) for name in PLAIN_FIELDS}
        return plain | {
            "host_unit": meeting.host_unit_id,
            "locality": meeting.locality,
            "cohost_units": [unit.pk for unit in meeting.cohost_units.all()],
            "covered_localities": [place.pk for place in meeting.covered_localities.all()],
            "fields_to_discuss": [field.pk for field in meeting.fields.all()],
            "day": start.date(),
            "start_time": start.time(),
            "end_time": end.time(),
        }


def _place_label(place: Locality) -> str:
    return f"{place} (đến {place.abolished_on:%d/%m/%Y})" if place.abolished_on else str(place)


def _field_choices() -> list:
    """The five fields of the reports, each with its sub-fields."""
    by_parent: dict = {}
    for field in Field.objects.all():
        by_parent.setdefault(field.parent_id, []).append(field)
    groups = []
    for top in by_parent.get(None, []):
        groups.append((top.name, [(field.pk, field.name) for field in [top, *by_parent.get(top.pk, [])]]))
    return groups


# --- the cycle ------------------------------------------------------------------------------------------------


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


# --- the record -----------------------------------------------------------------------------------------------


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
