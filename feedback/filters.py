"""The list's filters. They live in the address; a value that makes no sense is said so and not applied."""

from django import forms
from django.db.models import Exists, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, Locality, Unit
from deadlines import clock
from deadlines.models import MeetingType
from feedback.forms import DateField
from feedback.models import (
    OPEN_ASSIGNMENT_STATES,
    Assignment,
    AssignmentState,
    Category,
    Competence,
    Opinion,
    OpinionState,
    Resolution,
)
from meetings.models import Field, Meeting

ALL = [("", _("All"))]


class OpinionFilterForm(forms.Form):
    q = forms.CharField(
        label=_("Words"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("with or without diacritics")}),
    )
    field = forms.TypedChoiceField(label=_("Field"), required=False, coerce=int, empty_value=None)
    category = forms.ChoiceField(label=_("Category"), required=False, choices=ALL + Category.choices)
    state = forms.ChoiceField(label=_("State"), required=False, choices=ALL + OpinionState.choices)
    department = forms.TypedChoiceField(label=_("Department"), required=False, coerce=int, empty_value=None)
    due = forms.ChoiceField(
        label=_("Deadline"),
        required=False,
        choices=[
            *ALL,
            ("open", _("With a department")),
            ("overdue", _("Overdue")),
            ("replied", _("Reply to be accepted")),
        ],
    )
    locality = forms.TypedChoiceField(label=_("Locality"), required=False, coerce=int, empty_value=None)
    since = DateField(label=_("Held from"), required=False)
    until = DateField(label=_("Held to"), required=False)
    handled = forms.ChoiceField(
        label=_("Answered how"),
        required=False,
        choices=[
            *ALL,
            ("on_the_spot", _("On the spot")),
            ("in_writing", _("In writing")),
            ("answered", _("Answered either way")),
            ("pending", _("Pending")),
        ],
    )
    resolution = forms.ChoiceField(label=_("Resolution"), required=False, choices=ALL + Resolution.choices)
    competence = forms.ChoiceField(label=_("Competence"), required=False, choices=ALL + Competence.choices)
    type = forms.ChoiceField(label=_("Type of meeting"), required=False, choices=ALL + MeetingType.choices)
    level = forms.ChoiceField(label=_("Level"), required=False, choices=ALL + Level.choices)
    meeting = forms.IntegerField(required=False, widget=forms.HiddenInput)

    MORE = ("handled", "resolution", "competence", "type", "level")

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The end lies before the start."))
        return cleaned


class OpinionFilter:
    """``form`` for the page and ``qs`` for the rows; two queries for the choices."""

    def __init__(self, data, *, user):
        self.form = OpinionFilterForm(data)
        fields = list(Field.objects.order_by("position", "name"))
        self.form.fields["field"].choices = ALL + _tree(fields)
        departments, self.localities = _choices(user, data.get("locality", ""))
        self.form.fields["department"].choices = ALL + departments
        self.form.fields["locality"].choices = ALL + [(pk, name) for pk, (name, _path) in self.localities.items()]
        self.sub_fields = {field.pk: [one.pk for one in fields if one.parent_id == field.pk] for field in fields}
        self.form.is_valid()

    @property
    def more_is_open(self) -> bool:
        return any(self.form.cleaned_data.get(name) for name in OpinionFilterForm.MORE)

    def more_fields(self):
        return [self.form[name] for name in OpinionFilterForm.MORE]

    def main_fields(self):
        return [bound for bound in self.form.visible_fields() if bound.name not in OpinionFilterForm.MORE]

    def apply(self, opinions):
        asked = {name: value for name, value in self.form.cleaned_data.items() if value not in ("", None)}
        if "q" in asked:
            opinions = opinions.matching(asked["q"])
        plain = {"category": "category", "state": "state", "resolution": "resolution", "competence": "competence"}
        plain |= {"type": "meeting__meeting_type", "level": "meeting__level", "meeting": "meeting"}
        plain |= {"since": "meeting__held_on__gte", "until": "meeting__held_on__lte"}
        opinions = opinions.filter(**{lookup: asked[name] for name, lookup in plain.items() if name in asked})
        if "field" in asked:
            opinions = opinions.filter(field__in=[asked["field"], *self.sub_fields[asked["field"]]])
        if "locality" in asked:
            opinions = opinions.filter(meeting__locality__path__startswith=self.localities[asked["locality"]][1])
        if "department" in asked or "due" in asked:
            opinions = opinions.filter(pk__in=_assignments(asked).values("opinion"))
        if "handled" in asked:
            opinions = opinions.filter(_handled(asked["handled"]))
        return opinions


def _assignments(asked):
    found = Assignment.objects.exclude(state__in=[AssignmentState.WITHDRAWN, AssignmentState.RETURNED])
    if "department" in asked:
        found = found.filter(lead_department=asked["department"])
    due = asked.get("due")
    if due == "open":
        found = found.filter(state__in=OPEN_ASSIGNMENT_STATES)
    elif due == "overdue":
        found = found.overdue(on=clock.today())
    elif due == "replied":
        found = found.filter(state=AssignmentState.REPLIED)
    return found


def _handled(how: str) -> Q:
    return {
        "on_the_spot": Q(state=OpinionState.ANSWERED),
        "in_writing": Q(state=OpinionState.REPLIED),
        "answered": Q(state__in=[OpinionState.ANSWERED, OpinionState.REPLIED]),
        "pending": Q(state__in=[OpinionState.RECORDED, OpinionState.ASSIGNED]),
    }[how]


def _tree(fields: list[Field]) -> list[tuple[int, str]]:
    rows = []
    for top in (field for field in fields if field.parent_id is None):
        rows.append((top.pk, top.name))
        rows += [(field.pk, f"\u2003{field.name}") for field in fields if field.parent_id == top.pk]
    return rows


def _choices(user, asked: str):
    """Departments that were given work, and localities with visible meetings; one query for both.

    The departments are those of the places the person sees and those to which the person's units gave something. Going
    through every visible assignment for them would take most of the page's time. The locality asked for is offered
    whenever it lies in the person's scope, so that a province's figure leads here.
    """
    scope = user.scope
    places = Q(pk__in=Meeting.objects.visible_to(user).order_by().values("locality"))
    if asked.isdecimal() and len(asked) < 10:
        places |= Q(pk=int(asked)) & scope.locality_condition("path")
    units = Unit.objects.filter(Exists(Assignment.objects.filter(lead_department=OuterRef("pk"))))
    if not scope.is_system_admin:
        given = Assignment.objects.filter(opinion__meeting__host_unit__in=scope.unit_ids)
        near = scope.locality_condition("locality__path") | Q(pk__in=scope.unit_ids)
        units = units.filter(near | Q(pk__in=given.values("lead_department")))
    rows = (
        units.order_by()
        .values_list(Value("unit"), "pk", "name", Value(""))
        .union(Locality.objects.filter(places).order_by().values_list(Value("place"), "pk", "name", "path"), all=True)
    )
    rows = sorted(rows, key=lambda row: (row[3], row[2]))
    departments = [(pk, name) for kind, pk, name, _path in rows if kind == "unit"]
    return departments, {pk: (name, path) for kind, pk, name, path in rows if kind == "place"}


def listed(user):
    """The rows of the list with all that a row shows."""
    return Opinion.objects.visible_to(user).select_related("field", "meeting__locality")
