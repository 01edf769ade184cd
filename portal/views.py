"""Public pages. They read, they never write, and they start from ``published()``."""

import calendar as months
import re
from datetime import date, timedelta
from urllib.parse import quote

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from deadlines.clock import today
from notices.models import IssuedDocument
from portal import queries
from portal.forms import SearchForm, VerifyFileForm

PAGE_SIZE = 20


def _chosen(form: SearchForm) -> dict:
    """What of the search is usable; the rest of the form keeps its message."""
    form.is_valid()
    return form.cleaned_data


@require_safe
def home(request):
    return render(
        request,
        "portal/home.html",
        {
            "upcoming": queries.upcoming_meetings(on=today())[:5],
            "latest": queries.published_notices()[:5],
        },
    )


@require_safe
def meetings(request):
    form = SearchForm(request.GET)
    chosen = _chosen(form)
    found = queries.upcoming_meetings(on=today()).matching(chosen.get("q") or "")
    if chosen.get("tinh"):
        found = found.filter(locality__path__startswith=chosen["tinh"].path)
    if chosen.get("loai"):
        found = found.filter(meeting_type=chosen["loai"])
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "portal/meetings.html", {"form": form, "page_obj": page})


def _asked_month(request) -> date:
    """``?thang=2026-11``; anything else is this month."""
    found = re.fullmatch(r"(20\d\d)-(0?[1-9]|1[0-2])", request.GET.get("thang", ""), re.ASCII)
    if found:
        return date(int(found[1]), int(found[2]), 1)
    return today().replace(day=1)


@require_safe
def calendar(request):
    first = _asked_month(request)
    following = (first + timedelta(days=31)).replace(day=1)
    by_day: dict[date, list] = {}
    for found in (
        queries.public_meetings()
        .filter(planned_start__date__gte=first, planned_start__date__lt=following)
        .order_by("planned_start", "pk")
    ):
        by_day.setdefault(timezone.localdate(found.planned_start), []).append(found)
    weeks = [
        [{"day": day, "in_month": day.month == first.month, "meetings": by_day.get(day, [])} for day in week]
        for week in months.Calendar().monthdatescalendar(first.year, first.month)
    ]
    return render(
        request,
        "portal/calendar.html",
        {
            "first": first,
            "before": first - timedelta(days=1),
            "after": following,
            "weeks": weeks,
            "today": today(),
            "has_meetings": bool(by_day),
        },
    )


@require_safe
def meeting(request, pk: int):
    found = get_object_or_404(queries.public_meetings().prefetch_related("fields", "agenda_items"), pk=pk)
    notice = queries.published_notices().filter(meeting=found).first()
    return render(request, "portal/meeting.html", {"meeting": found, "notice": notice})


@require_safe
def notices(request):
    form = SearchForm(request.GET)
    chosen = _chosen(form)
    found = queries.notices_matching(queries.published_notices(), chosen.get("q") or "")
    if chosen.get("tinh"):
        found = found.filter(meeting__locality__path__startswith=chosen["tinh"].path)
    if chosen.get("loai"):
        found = found.filter(meeting__meeting_type=chosen["loai"])
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "portal/notices.html", {"form": form, "page_obj": page})


@require_safe
def notice(request, code: str):
    found = get_object_or_404(
        queries.published_notices()
        .select_related("unit", "meeting__locality", "document")
        .defer("document__pdf")
        .prefetch_related("conclusions__field", "tasks"),
        verification_code=queries.read_code(code),
    )
    answered = found.meeting.opinions.published().select_related("field").order_by("number")
    return render(request, "portal/notice.html", {"notice": found, "opinions": answered})


@require_safe
def notice_pdf(request, code: str):
    document = get_object_or_404(
        IssuedDocument.objects.filter(notice__in=queries.published_notices()).select_related("notice"),
        notice__verification_code=queries.read_code(code),
    )
    name = document.notice.document_code.replace("/", "-")
    response = HttpResponse(bytes(document.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    response["ETag"] = f'"{document.sha256}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request):
    """By code (``?ma=``) or by an uploaded PDF's SHA-256. A wrong one is an answer, not an error."""
    code = request.GET.get("ma", "").strip()[:40]
    form = VerifyFileForm(request.POST or None, request.FILES or None)
    found, sha256, status = None, "", 200
    if request.method == "POST":
        if form.is_valid():
            sha256 = form.sha256()
            found = queries.published_notices().filter(document__sha256=sha256).select_related("document").first()
        else:
            status = 422
    elif code:
        found = (
            queries.published_notices()
            .filter(verification_code=queries.read_code(code))
            .select_related("document")
            .first()
        )
    is_asked = bool(code or sha256)
    return render(
        request,
        "portal/verify.html",
        {"form": form, "code": code, "notice": found, "sha256": sha256, "is_asked": is_asked},
        status=status,
    )


@require_safe
def opinion(request):
    code = request.GET.get("ma", "").strip()[:20]
    found = queries.opinion_by_code(code) if code else None
    return render(request, "portal/opinion.html", {"code": code, "opinion": found})
