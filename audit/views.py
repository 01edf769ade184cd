from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.policies import may_open_settings, require
from audit.filters import EventFilter
from audit.models import Event

PER_PAGE = 50


@require_GET
@login_required
def events(request):
    """What the people of the administered units did; everything for a system administrator."""
    require(may_open_settings(request.user))
    seen = Event.objects.visible_to(request.user).select_related("actor")
    found = EventFilter(request.GET, queryset=seen)
    page = Paginator(found.qs, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "audit/events.html", {"filterset": found, "page_obj": page})
