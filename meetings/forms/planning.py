"""The plan of a meeting, with all its attributes."""

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.fields import LocalityField
from accounts.models import Locality, LocalityKind, Unit, UnitKind, User
from deadlines.clock import VIETNAM
from meetings import policies
from meetings.forms.base import MANY, WHEN, PeopleField, PlainForm, day_field, moment, time_field
from meetings.models import AudienceGroup, Field, Meeting

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
