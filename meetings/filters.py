"""The filters of the list, the calendar and the plan of the year; they live in the address."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, Locality, LocalityKind, Unit, UnitKind
from deadlines import clock
from deadlines.models import MeetingType
from meetings.models import Meeting, MeetingState, Mode

SORTS = {
    "newest": (_("Newest first"), ("-planned_start", "-pk")),
    "oldest": (_("Oldest first"), ("planned_start", "pk")),
    "due": (_("Conclusion notice due first"), ("conclusion_due_on", "planned_start", "pk")),
}


class MeetingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Search"), method="search", max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    period = django_filters.DateFromToRangeFilter(label=_("Period"), field_name="planned_start")
    type = django_filters.ChoiceFilter(
        label=_("Type"), field_name="meeting_type", choices=MeetingType, empty_label=_("All types")
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=MeetingState, empty_label=_("All states"))
    level = django_filters.ChoiceFilter(label=_("Level"), choices=Level, empty_label=_("All levels"))
    mode = django_filters.ChoiceFilter(label=_("Mode"), choices=Mode, empty_label=_("All modes"))
    locality = django_filters.ChoiceFilter(
        label=_("Locality"), method="in_subtree", choices=[], empty_label=_("All localities")
    )
    unit = django_filters.ChoiceFilter(
        label=_("Host unit"), field_name="host_unit", choices=[], empty_label=_("All units")
    )
    late = django_filters.BooleanFilter(
        label=_("Late conclusion notice only"), method="only_late", widget=forms.CheckboxInput
    )
    sort = django_filters.ChoiceFilter(
        label=_("Order"),
        method="in_order",
        choices=[(key, label) for key, (label, _order) in SORTS.items()],
        empty_label=None,
        null_label=None,
    )

    class Meta:
        model = Meeting
        fields = []

    def __init__(self, data=None, *args, user, without=(), **kwargs):
        self.user = user
        super().__init__(data, *args, **kwargs)
        for name in without:
            del self.filters[name]
        if "locality" in self.filters:
            self.filters["locality"].extra["choices"] = [(str(pk), name) for pk, name, _path in self.places]
        if "unit" in self.filters:
            self.filters["unit"].extra["choices"] = self._units()

    @cached_property
    def places(self) -> list[tuple[int, str, str]]:
        """(key, name, path) of the localities to choose from: residential areas only in one's own commune."""
        scope, chosen = self.user.scope, str((self.data or {}).get("locality") or "")
        offered = scope.locality_condition("path")
        if scope.is_system_admin or any(m.unit.locality.kind == LocalityKind.COUNTRY for m in scope.memberships):
            offered = Q(kind=LocalityKind.PROVINCE)
        elif any(m.unit.locality.kind == LocalityKind.PROVINCE for m in scope.memberships):
            offered &= ~Q(kind=LocalityKind.RESIDENTIAL_AREA)
        if chosen.isdecimal() and len(chosen) < 12:
            offered |= Q(pk=chosen)  # a link from a figure may name any place; the rows stay scoped
        return list(Locality.objects.filter(offered).values_list("pk", "name", "path")[:1000])

    def _units(self) -> list[tuple[str, str]]:
        scope, chosen = self.user.scope, str((self.data or {}).get("unit") or "")
        offered = Q(pk__in=scope.unit_ids) | (
            scope.locality_condition("locality__path")
            & ~Q(kind=UnitKind.DEPARTMENT)
            & ~Q(locality__kind=LocalityKind.RESIDENTIAL_AREA)
        )
        if chosen.isdecimal() and len(chosen) < 12:
            offered |= Q(pk=chosen)
        units = Unit.objects.filter(offered).order_by("name", "pk").values_list("pk", "name")[:500]
        return [(str(pk), name) for pk, name in units]

    def search(self, queryset, name, value):
        return queryset.matching(value)

    def in_subtree(self, queryset, name, value):
        path = next(path for pk, _name, path in self.places if str(pk) == value)
        return queryset.filter(locality__path__startswith=path)

    def only_late(self, queryset, name, value):
        return queryset.overdue(on=clock.today()) if value else queryset

    def in_order(self, queryset, name, value):
        return queryset.order_by(*SORTS[value][1])
