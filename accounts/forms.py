"""Input of the settings' pages. What is allowed is decided by policies and services."""

from datetime import date

from crispy_forms.helper import FormHelper
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.fields import LocalityField, UnitField
from accounts.models import Locality, Role, Unit, UnitKind, User

_SENSIBLE_DAYS = [
    MinValueValidator(date(1945, 9, 2), _("The year can't be right: write the date as dd/mm/yyyy.")),
    MaxValueValidator(date(2100, 12, 31), _("The year can't be right: write the date as dd/mm/yyyy.")),
]


class _Form(forms.Form):
    """Labels above, hints below; the page draws the form tag and the button."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        return helper


def _day(label, **kwargs):
    return forms.DateField(label=label, validators=_SENSIBLE_DAYS, **kwargs)


def _role_choices(actor: User):
    hidden = set() if actor.scope.is_system_admin else {Role.SYSTEM_ADMIN}
    return [("", _("Choose a role")), *[choice for choice in Role.choices if choice[0] not in hidden]]


class PersonForm(_Form):
    """The account itself."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    full_name = forms.CharField(label=_("Full name"), max_length=150)
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("The link to choose a password goes there.")
    )
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False)
    position = forms.CharField(
        label=_("Position"), max_length=150, required=False, help_text=_("As it is written in documents.")
    )


class RoleForm(_Form):
    """A role in a unit, for a period."""

    unit = UnitField(managed_only=True, label=_("Unit"), help_text=_("Type a part of its name or of its place."))
    role = forms.ChoiceField(label=_("Role"), choices=[])
    valid_from = _day(_("First day"), help_text=_("dd/mm/yyyy"))
    valid_to = _day(_("Last day"), required=False, help_text=_("Leave empty when the end is not known."))

    def __init__(self, *args, actor: User, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _role_choices(actor)
        self.fields["unit"].candidates = (
            Unit.objects.managed_by(actor).active(on=today).select_related("locality").order_by("name", "pk")
        )
        self.fields["valid_from"].initial = today

    def clean(self):
        data = super().clean()
        first, last = data.get("valid_from"), data.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day is before the first."))
        return data


class NewPersonForm(RoleForm):
    """An account with its first role."""

    full_name = forms.CharField(label=_("Full name"), max_length=150)
    username = forms.CharField(
        label=_("User name"),
        max_length=50,
        help_text=_("Letters a-z, digits, dots and hyphens, for example nguyen.van.a."),
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("The link to choose a password goes there.")
    )
    phone = forms.CharField(label=_("Phone"), max_length=20, required=False)
    position = forms.CharField(label=_("Position"), max_length=150, required=False)
    field_order = ["full_name", "username", "email", "phone", "position", "unit", "role", "valid_from", "valid_to"]


class EndRoleForm(_Form):
    valid_to = _day(_("Last day of the role"), help_text=_("Today or a later day; the role ends with that day."))

    def __init__(self, *args, has_begun: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not has_begun:
            del self.fields["valid_to"]


class UnitForm(_Form):
    """A unit; the locality is chosen when it is opened and stays."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("In full, as at the head of its documents."))
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", _("Choose a kind")), *UnitKind.choices])
    abbreviation = forms.CharField(
        label=_("Abbreviation in document codes"), max_length=20, help_text=_("For example UBND, ĐU, MTTQ.")
    )
    superior = UnitField(
        managed_only=True, label=_("Superior body"), required=False, help_text=_("Type a part of its name.")
    )
    head_title = forms.CharField(
        label=_("Title of its head"), max_length=100, required=False, help_text=_("For example Chủ tịch, Bí thư.")
    )
    seat = forms.CharField(label=_("Place named in its documents"), max_length=100, required=False)
    term = forms.CharField(label=_("Term"), max_length=20, required=False, help_text=_("For example 2025-2030."))

    def __init__(self, *args, actor: User, today: date, unit: Unit | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        below = Unit.objects.managed_by(actor).active(on=today)
        # The superior body that a unit has already may stay, though only somebody above could have chosen it.
        present = Q(pk=unit.superior_id) if unit else Q()
        self.fields["superior"].candidates = (
            Unit.objects.filter(Q(pk__in=below.values("pk")) | present)
            .select_related("locality")
            .order_by("name", "pk")
        )


class NewUnitForm(UnitForm):
    locality = LocalityField(in_force_only=True, label=_("Locality"), help_text=_("Type a part of its name."))
    version = None
    field_order = ["locality", "name", "kind", "abbreviation", "superior", "head_title", "seat", "term"]

    def __init__(self, *args, actor: User, today: date, **kwargs):
        super().__init__(*args, actor=actor, today=today, **kwargs)
        places = Locality.objects.in_force(on=today).with_province()
        if not actor.scope.is_system_admin:
            places = places.filter(actor.scope.locality_condition("path"))
        self.fields["locality"].candidates = places


class DissolveUnitForm(_Form):
    dissolved_on = _day(_("First day without the unit"), help_text=_("dd/mm/yyyy"))


class ResidentialAreaForm(_Form):
    name = forms.CharField(
        label=_("Name"), max_length=200, help_text=_("With its kind, for example Khu phố 3, Ấp 2, Bản Hua La.")
    )
