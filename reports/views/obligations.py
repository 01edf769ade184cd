from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reports.obligation_board import ObligationBoard, choose_year
from reports.obligation_rows import TITLES, is_of_meetings, read_keys, rows_of

PER_PAGE = 50


@require_GET
@login_required
def obligations(request):
    """What the places owe in a year, and until when it can still be met."""
    choice, form = choose_year(request)
    board = ObligationBoard(choice, choice.obligations())
    page = Paginator(board.found.rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "choice": choice,
        "form": form,
        "board": board,
        "page_obj": page,
        "lines": board.lines(page.object_list),
        "locality": choice.area.locality,
    }
    return render(request, "reports/obligations.html", context, status=422 if form.errors else 200)


@require_GET
@login_required
def obligation_rows(request):
    """The places or meetings behind one number: as many as it says."""
    choice, form = choose_year(request)
    if form.errors:
        raise Http404
    what, month, rule = read_keys(request)
    rows = rows_of(choice, choice.obligations(), what, month, rule)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "choice": choice,
        "locality": choice.area.locality,
        "title": TITLES[what],
        "month": month,
        "page_obj": page,
        "number": page.paginator.count,
        "is_of_meetings": is_of_meetings(what),
        "is_unknown": what == "unknown",
    }
    return render(request, "reports/obligation_rows.html", context)


@require_GET
@login_required
def obligations_at_risk(request):
    """One line for the dashboard, fetched after it: the quotas in danger or lost."""
    choice, form = choose_year(request)
    if form.errors:
        raise Http404
    board = ObligationBoard(choice, choice.obligations())
    return render(request, "reports/_obligations_at_risk.html", {"board": board, "choice": choice})
