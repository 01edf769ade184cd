from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from deadlines import clock
from reports.lateness import NOTICES, REPLIES, LateBoard


@require_GET
@login_required
def late(request):
    """Every late notice or reply, in order of lateness in working days."""
    board = LateBoard(request.user, request.GET, on=clock.today())
    kept = request.GET.copy()
    for name in ("page", "kind", "unit"):
        kept.pop(name, None)
    context = {
        "board": board,
        "page_obj": board.page(request.GET.get("page")),
        "number": len(board.ordered),
        "is_filtered": any(request.GET.get(name) for name in ("locality", "unit", "type")),
        "is_notices": board.kind == NOTICES,
        "tabs": [
            (kind, f"?kind={kind}{f'&{kept.urlencode()}' if kept else ''}", board.kind == kind)
            for kind in (NOTICES, REPLIES)
        ],
        "today": board.on,
    }
    return render(request, "reports/late.html", context, status=200 if board.is_valid else 422)
