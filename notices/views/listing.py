"""All notices that a person may see."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from deadlines import clock
from deadlines.services import working_calendars
from meetings.models import Meeting
from notices.filters import NoticeFilter
from notices.policies import WRITERS
from notices.views.common import page, staff_view, visible_notices

PER_PAGE = 25
UNDRAFTED_SHOWN = 5


@staff_view
@require_safe
def notice_list(request: HttpRequest) -> HttpResponse:
    filterset = NoticeFilter(
        request.GET, visible_notices(request).order_by("-meeting__held_on", "-pk"), user=request.user
    )
    own = request.user.scope.unit_ids_as(*WRITERS)
    undrafted = (
        Meeting.objects.visible_to(request.user)
        .awaiting_conclusion()
        .filter(notice=None, host_unit__in=own)
        .select_related("locality")
        .order_by("conclusion_due_on", "pk")[:UNDRAFTED_SHOWN]
    )
    undrafted = list(undrafted) if own else []
    page_obj = Paginator(filterset.qs, PER_PAGE).get_page(request.GET.get("page"))
    # All at once, for the badges: each counts by the calendar of its place.
    working_calendars([notice.meeting.locality for notice in page_obj] + [meeting.locality for meeting in undrafted])
    context = {
        "filterset": filterset,
        "page_obj": page_obj,
        "undrafted": undrafted,
        "is_filtered": any(value for key, value in request.GET.items() if key != "page"),
        "today": clock.today(),
    }
    is_wrong = filterset.form.is_bound and not filterset.form.is_valid()
    return page(request, "notices/list.html", context, status=422 if is_wrong else 200)
