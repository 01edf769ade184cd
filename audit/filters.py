import django_filters
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from audit.models import Event


class EventFilter(django_filters.FilterSet):
    who = django_filters.CharFilter(label=_("Who"), method="by_person", max_length=200)
    q = django_filters.CharFilter(
        label=_("What happened"), field_name="sentence", lookup_expr="icontains", max_length=200
    )
    since = django_filters.DateFilter(label=_("From day"), field_name="at", lookup_expr="date__gte")
    until = django_filters.DateFilter(label=_("To day"), field_name="at", lookup_expr="date__lte")

    class Meta:
        model = Event
        fields = []

    def by_person(self, queryset, name, value):
        return queryset.filter(actor__in=User.objects.matching(value).values("pk"))
