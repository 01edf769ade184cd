from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_GET

from deadlines import clock
from deadlines.services import working_calendars
from deadlines.services.heartbeats import last_sweep
from reports.board import Board
from reports.choosing import choose
from reports.rows import NoSuchFigure, for_table, live_number, rows_behind
from reports.words import bounded_number, rows_title
from reports.work import waiting_counts

PER_PAGE = 50


class CountedPaginator(Paginator):
    """Pages of rows whose number is known already."""

    def __init__(self, rows, number):
        super().__init__(rows, PER_PAGE)
        self.count = number


@require_GET
@login_required
def dashboard(request):
    """The figures of a place and a period."""
    choice, form = choose(request)
    found = choice.figures(compare=True)
    waiting = waiting_counts(request.user, on=clock.today())
    board = Board(choice, found, waiting)
    context = {"choice": choice, "form": form, "found": found, "board": board, "locality": choice.area.locality}
    context["sweep"] = last_sweep()
    return render(request, "reports/dashboard.html", context, status=422 if form.errors else 200)


@require_GET
@login_required
def rows(request):
    """The rows behind one figure: as many as the figure says."""
    choice, form = choose(request)
    if form.errors:
        raise Http404
    found = choice.figures()
    what, keys = request.GET.get("what", ""), {key: value for key, value in request.GET.items() if value}
    parts = ["overdue_notices", "overdue_assignments"] if what == "overdue" else [what]
    try:
        sections = [_section(found, part, keys, request) for part in parts]
    except NoSuchFigure as error:
        raise Http404 from error
    context = {
        "choice": choice,
        "found": found,
        "sections": sections,
        "locality": choice.area.locality,
        "title": rows_title(what, keys),
        "number": sum(section["number"] for section in sections),
        "keys": keys,
    }
    return render(request, "reports/rows.html", context)


def _live_number(found, what, keys, behind):
    if what.startswith("overdue") and not keys.keys() & {"due_on", "owner"}:
        return found.overdue_now(what.removeprefix("overdue_").removesuffix("s"))
    return live_number(behind)


def _section(found, what, keys, request):
    behind = rows_behind(found, what, keys)
    live = _live_number(found, what, keys, behind)
    given = [
        {"record": one.record, "number": one.number, "text": bounded_number(one.number, one.bound, behind.measure)}
        for one in behind.returns
    ]
    page = f"page_{what}" if what.startswith("overdue") else "page"
    table = for_table(behind)
    paginator = Paginator(table, PER_PAGE) if what == "attendances" else CountedPaginator(table, live)
    page_obj = paginator.get_page(request.GET.get(page))
    if behind.kind == "meetings":
        # All at once, for the badges: each counts by the calendar of its place.
        working_calendars([meeting.locality for meeting in page_obj])
    return {
        "kind": behind.kind,
        "template": f"reports/_rows_{behind.kind}.html",
        "page_obj": page_obj,
        "page_name": page,
        "live": live,
        "returns": given,
        "number": live + sum(one["number"] for one in given),
        "title": rows_title(what, keys),
    }
