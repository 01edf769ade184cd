"""The filters of the list of notices; they live in the address."""

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Level, Locality, Unit
from deadlines import clock
from deadlines.models import MeetingType
from meetings.models import Meeting
from notices.models import Notice, NoticeState

ON_TIME, LATE, PENDING, OVERDUE = "on_time", "late", "pending", "overdue"
TIMINGS = [
    (ON_TIME, _("Issued on time")),
    (LATE, _("Issued late")),
    (PENDING, _("Not issued yet")),
    (OVERDUE, _("Not issued and overdue")),
]


class NoticeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Search"), method="search", max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=NoticeState, empty_label=_("All states"))
    timing = django_filters.ChoiceFilter(
        label=_("On time"), method="timed", choices=TIMINGS, empty_label=_("On time or late")
    )
    period = django_filters.DateFromToRangeFilter(label=_("Day of the meeting"), field_name="meeting__held_on")
    unit = django_filters.ChoiceFilter(label=_("Issuing unit"), choices=[], empty_label=_("All units"))
    locality = django_filters.ChoiceFilter(
        label=_("Locality"), method="in_subtree", choices=[], empty_label=_("All localities")
    )
    type = django_filters.ChoiceFilter(
        label=_("Type"), field_name="meeting__meeting_type", choices=MeetingType, empty_label=_("All types")
    )
    level = django_filters.ChoiceFilter(
        label=_("Level"), field_name="meeting__level", choices=Level, empty_label=_("All levels")
    )

    class Meta:
        model = Notice
        fields = []

    def __init__(self, data=None, *args, user, **kwargs):
        super().__init__(data, *args, **kwargs)
        units = Unit.objects.filter(Q(notices__isnull=False) & Q(notices__meeting__in=Meeting.objects.visible_to(user)))
        self.filters["unit"].extra["choices"] = [
            (str(pk), name) for pk, name in units.order_by("name", "pk").values_list("pk", "name").distinct()[:500]
        ]
        self.paths: dict[str, str] = {}
        places = Locality.objects.filter(pk__in=self._chosen_places() | self._own_places(user))
        choices = []
        for pk, name, path in places.values_list("pk", "name", "path"):
            self.paths[str(pk)] = path
            choices.append((str(pk), name))
        self.filters["locality"].extra["choices"] = choices

    def _chosen_places(self) -> set[int]:
        """A link from a figure may name any place; the rows stay scoped."""
        chosen = str((self.data or {}).get("locality") or "")
        return {int(chosen)} if chosen.isdecimal() and len(chosen) < 12 else set()

    @staticmethod
    def _own_places(user) -> set[int]:
        return {membership.unit.locality_id for membership in user.scope.memberships}

    def search(self, queryset, name, value):
        text = value.strip()
        return queryset.filter(
            Q(meeting__in=Meeting.objects.matching(text))
            | Q(document_code__icontains=text)
            | Q(subject__icontains=text)
        )

    def timed(self, queryset, name, value):
        issued = queryset.exclude(issued_on=None)
        pending = queryset.filter(issued_on=None)
        return {
            ON_TIME: issued.filter(days_late=0),
            LATE: issued.filter(days_late__gt=0),
            PENDING: pending,
            OVERDUE: pending.filter(meeting__conclusion_due_on__lt=clock.today()),
        }[value]

    def in_subtree(self, queryset, name, value):
        return queryset.filter(meeting__locality__path__startswith=self.paths[value])
