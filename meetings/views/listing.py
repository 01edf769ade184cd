"""The same meetings as a list, a month and a year."""

import calendar as calendars
from datetime import date, datetime, timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Locality
from deadlines import clock
from deadlines.services import working_calendar, working_calendars
from meetings import policies
from meetings.filters import MeetingFilter
from meetings.models import Meeting
from meetings.quotas import PlannedQuota, quotas_of
from meetings.views.common import page, staff_view

PER_PAGE = 25
PER_DAY = 6
PER_MONTH = 60


def _filtered(request: HttpRequest, *, without=()) -> MeetingFilter:
    meetings = Meeting.objects.visible_to(request.user).select_related("locality", "host_unit")
    data = request.GET.copy()
    data.setdefault("sort", "newest")
    return MeetingFilter(data, meetings, user=request.user, without=without)


def _context(request: HttpRequest, filterset: MeetingFilter, active: str, **more) -> dict:
    kept = request.GET.copy()
    for name in ("page", "month", "year", "period_after", "period_before", "sort"):
        kept.pop(name, None)
    return {
        "filterset": filterset,
        "active_view": active,
        "kept": f"&{kept.urlencode()}" if kept else "",
        "may_plan": policies.may_plan_somewhere(request.user),
        "today": clock.today(),
        **more,
    }


@staff_view
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    filterset = _filtered(request)
    page_obj = Paginator(filterset.qs, PER_PAGE).get_page(request.GET.get("page"))
    # All at once, for the badges: each counts by the calendar of its place.
    working_calendars([meeting.locality for meeting in page_obj])
    context = _context(request, filterset, "list", page_obj=page_obj)
    return page(request, "meetings/list.html", context, filterset.form)


def _first_of_month(text: str | None) -> date:
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = clock.today().replace(day=1)
    return min(max(first, date(2000, 1, 1)), date(2098, 12, 1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), tzinfo=clock.VIETNAM)


def _between(meetings, first: date, last: date) -> dict[date, list[Meeting]]:
    """Meetings by local day of the days first to last."""
    rows = meetings.filter(
        planned_start__gte=_midnight(first), planned_start__lt=_midnight(last + timedelta(days=1))
    ).order_by("planned_start", "pk")
    by_day: dict[date, list[Meeting]] = {}
    for meeting in rows[:2000]:
        by_day.setdefault(meeting.planned_day, []).append(meeting)
    return by_day


@staff_view
@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    first = _first_of_month(request.GET.get("month"))
    filterset = _filtered(request, without=("period", "sort"))
    weeks = calendars.Calendar().monthdatescalendar(first.year, first.month)
    by_day = _between(filterset.qs, weeks[0][0], weeks[-1][-1])
    working = working_calendar()
    rows = [
        [
            {
                "day": day,
                "is_other_month": day.month != first.month,
                "is_today": day == clock.today(),
                "closed": working.reason(day) if day in working.days_off else "",
                "meetings": by_day.get(day, [])[:PER_DAY],
                "more": max(0, len(by_day.get(day, [])) - PER_DAY),
            }
            for day in week
        ]
        for week in weeks
    ]
    context = _context(
        request,
        filterset,
        "calendar",
        weeks=rows,
        month=first,
        number=sum(len(found) for day, found in by_day.items() if day.month == first.month),
        previous=(first - timedelta(days=1)).replace(day=1),
        next=(first + timedelta(days=32)).replace(day=1),
        weekdays=[_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")],
    )
    return page(request, "meetings/calendar.html", context, filterset.form)


def _quotas(request: HttpRequest, year: int) -> tuple[Locality | None, list[PlannedQuota]]:
    """The quotas of the person's own place, the first of their units'."""
    own = next((membership.unit.locality for membership in request.user.scope.memberships), None)
    return own, quotas_of(own, year=year, on=clock.today()) if own else []


@staff_view
@require_safe
def year(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("year", "")
    number = int(text) if text.isdecimal() and len(text) == 4 and 2000 <= int(text) <= 2098 else clock.today().year
    filterset = _filtered(request, without=("period", "sort"))
    by_day = _between(filterset.qs, date(number, 1, 1), date(number, 12, 31))
    months = []
    for month in range(1, 13):
        rows = [meeting for day, found in by_day.items() if day.month == month for meeting in found]
        last = calendars.monthrange(number, month)[1]
        months.append(
            {
                "first": date(number, month, 1),
                "last": date(number, month, last),
                "number": len(rows),
                "held": sum(meeting.is_held for meeting in rows),
                "meetings": rows[:PER_MONTH],
                "more": max(0, len(rows) - PER_MONTH),
            }
        )
    own, quotas = _quotas(request, number)
    context = _context(
        request,
        filterset,
        "year",
        own=own,
        quotas=quotas,
        months=months,
        year=number,
        number=sum(row["number"] for row in months),
        held=sum(row["held"] for row in months),
    )
    return page(request, "meetings/year.html", context, filterset.form)
