"""A meeting's own page and its history."""

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from audit.models import Event
from meetings import policies
from meetings.bounds import bounds_of
from meetings.models import AudienceGroup
from meetings.views.common import get_meeting, staff_view, visible_meetings


@staff_view
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    meetings = visible_meetings(request).prefetch_related(
        "cohost_units", "fields", "covered_localities", "agenda_items"
    )
    meeting = get_object_or_404(meetings.annotate(attendance_total=Sum("attendance__number")), pk=pk)
    context = {
        "meeting": meeting,
        "active_tab": "overview",
        "invitations": meeting.invitations.select_related("unit"),
        "agenda_minutes": sum(item.minutes or 0 for item in meeting.agenda_items.all()),
        "deadlines": bounds_of(meeting),
        "audience": [AudienceGroup(group).label for group in meeting.audience_groups if group in AudienceGroup.values],
        "may_edit": policies.may_edit(request.user, meeting),
        "may_postpone": policies.may_postpone(request.user, meeting),
        "may_cancel": policies.may_cancel(request.user, meeting),
        "own_units": request.user.scope.unit_ids,
    }
    return render(request, "meetings/detail.html", context)


@staff_view
@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_meeting(request, pk)
    events = Event.objects.about(meeting).select_related("actor")
    page_obj = Paginator(events, 50).get_page(request.GET.get("page"))
    return render(request, "meetings/history.html", {"meeting": meeting, "active_tab": "history", "page_obj": page_obj})
