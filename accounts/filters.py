"""Filters of the settings' lists; they live in the address."""

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Locality, LocalityKind, Membership, Role, Unit, UnitKind, User
from accounts.text import fold


class PeopleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name, user name or e-mail"), method="search", max_length=200)
    role = django_filters.ChoiceFilter(label=_("Role"), choices=Role, method="with_role", empty_label=_("All roles"))
    unit = django_filters.CharFilter(label=_("Unit or place"), method="in_unit", max_length=200)
    state = django_filters.ChoiceFilter(
        label=_("Account"),
        choices=[("open", _("Account open")), ("closed", _("Account closed"))],
        method="in_state",
        empty_label=_("All accounts"),
    )

    class Meta:
        model = User
        fields = []

    def __init__(self, *args, today, **kwargs):
        self.today = today
        super().__init__(*args, **kwargs)

    def search(self, queryset, name, value):
        return queryset.matching(value)

    def with_role(self, queryset, name, value):
        return queryset.filter(pk__in=Membership.objects.current(on=self.today).filter(role=value).values("user"))

    def in_unit(self, queryset, name, value):
        held = Membership.objects.current(on=self.today).filter(unit__in=Unit.objects.matching(value).values("pk"))
        return queryset.filter(pk__in=held.values("user"))

    def in_state(self, queryset, name, value):
        return queryset.filter(is_active=value == "open")


class UnitFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or place"), method="search", max_length=200)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=UnitKind, empty_label=_("All kinds"))
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("active", _("Active")), ("dissolved", _("Dissolved"))],
        method="in_state",
        empty_label=_("All states"),
    )

    class Meta:
        model = Unit
        fields = []

    def __init__(self, *args, today, **kwargs):
        self.today = today
        super().__init__(*args, **kwargs)

    def search(self, queryset, name, value):
        return queryset.matching(value)

    def in_state(self, queryset, name, value):
        active = Q(dissolved_on=None) | Q(dissolved_on__gt=self.today)
        return queryset.filter(active if value == "active" else ~active)


class LocalityFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or code"), method="search", max_length=200)
    kind = django_filters.ChoiceFilter(
        label=_("Kind"),
        choices=[choice for choice in LocalityKind.choices if choice[0] != LocalityKind.COUNTRY],
        empty_label=_("All kinds"),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[("in_force", _("In force")), ("abolished", _("Abolished"))],
        method="in_state",
        empty_label=_("All states"),
    )

    class Meta:
        model = Locality
        fields = []

    def __init__(self, *args, today, **kwargs):
        self.today = today
        super().__init__(*args, **kwargs)

    def search(self, queryset, name, value):
        return queryset.filter(Q(name_folded__contains=fold(value)) | Q(code=value.strip()))

    def in_state(self, queryset, name, value):
        return queryset.filter(
            Q(abolished_on__lte=self.today) if value == "abolished" else ~Q(abolished_on__lte=self.today)
        )
