"""Changes of the calendar and the rules: what they would move, then the decision."""

import csv
from datetime import date
from itertools import islice

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import models, transaction
from django.db.models import Count
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import ServiceError
from accounts.policies import require
from audit.models import Event
from deadlines import policies
from deadlines.clock import today
from deadlines.forms import ApplyChangeForm
from deadlines.models import Change, ChangeKind, ChangeState, Move, Obligation
from deadlines.services import apply_change, common_root, discard_change, last_applied, preview, propose_change
from deadlines.services.changes import moved_by
from deadlines.tasks import recompute_deadlines

PAGE_SIZE = 30
MOVES_SHOWN = 100
HISTORY_SIZE = 50


def address(change: Change) -> str:
    return reverse("deadlines:change", kwargs={"pk": change.pk})


def plain(fields: dict) -> dict:
    """A form's values as JSON keeps them: days as 2027-02-05, records by their id."""
    return {name: _plain(value) for name, value in fields.items()}


def _plain(value):
    if isinstance(value, date):
        return value.isoformat()
    return value.pk if isinstance(value, models.Model) else value


def propose(request, kind: str, operation: dict, places: list) -> Change:
    """Puts one operation up for review, by somebody who administers every place that it touches."""
    root = common_root(places)
    require(policies.may_change(request.user, root))
    return propose_change(kind=kind, operations=[operation], locality=root, proposed_by=request.user)


def _named(request, pk: int) -> Change:
    found = Change.objects.visible_to(request.user).select_related("locality", "proposed_by", "decided_by")
    change = get_object_or_404(found, pk=pk)
    require(policies.may_decide_change(request.user, change))
    return change


@login_required
@require_safe
def changes(request):
    """What was proposed, what was decided on it, and how far its deadlines have been moved."""
    require(policies.may_open_rules(request.user))
    found = Change.objects.visible_to(request.user).select_related("locality", "proposed_by", "decided_by")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    unfinished = [one.pk for one in page if one.state == ChangeState.APPLIED and one.recomputed_at is None]
    moved = Move.objects.filter(change__in=unfinished).order_by().values_list("change").annotate(Count("pk"))
    moved = dict(moved) if unfinished else {}
    for one in page:
        one.moved_so_far = moved.get(one.pk, one.moved)
        one.may_open = policies.may_decide_change(request.user, one)
    return render(request, "deadlines/changes.html", {"page_obj": page})


@login_required
@require_safe
def change(request, pk):
    """What the change does, and every open deadline that would move; of one that was applied, those that did."""
    one = _named(request, pk)
    if one.state == ChangeState.PROPOSED:
        return _review(request, one)
    return render(request, "deadlines/change.html", _context(one) | _ledger(one))


def _context(one: Change) -> dict:
    return {
        "change": one,
        "words": [operation["words"] for operation in one.operations],
        "is_calendar": one.kind == ChangeKind.CALENDAR,
        "events": Event.objects.about(one).select_related("actor")[:HISTORY_SIZE],
        "shown": MOVES_SHOWN,
    }


def _review(request, one: Change, form=None, status: int = 200) -> HttpResponse:
    found = preview(one)
    asks = one.kind == ChangeKind.RULES and bool(found.moves)
    if form is None:
        form = ApplyChangeForm(initial={"seen": last_applied()}, asks_of_open=asks)
    moves, on = found.all_moves, today()
    context = {
        "preview": found,
        "form": form,
        "moves": moves[:MOVES_SHOWN],
        "total": len(moves),
        "overdue": sum(move.due_on_after < on <= move.due_on_before for move in moves),
        "asks": asks,
    }
    return render(request, "deadlines/change.html", _context(one) | context, status=status)


def _ledger(one: Change) -> dict:
    total = Move.objects.filter(change=one).count()
    return {
        "preview": None,
        "form": None,
        "moves": list(islice(moved_by(one), MOVES_SHOWN)),
        "total": total,
        "asks": False,
    }


@login_required
@require_POST
def change_apply(request, pk):
    """Applies it once; the open deadlines are then moved by a worker, or by the next sweep where none can be reached."""
    one = _named(request, pk)
    form = ApplyChangeForm(request.POST, asks_of_open=one.kind == ChangeKind.RULES)
    if not form.is_valid():
        return _refused(request, one, form, 422)
    try:
        applied = apply_change(one, actor=request.user, **form.cleaned_data)
    except ServiceError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return _refused(request, one, form, 409)
    # Robust: where the queue can't be reached the change stands, and the sweep moves its deadlines.
    transaction.on_commit(lambda: recompute_deadlines.delay(applied.pk), robust=True)
    is_recounted = applied.kind == ChangeKind.CALENDAR or applied.moves_open
    messages.success(
        request,
        _("The change is applied. Open deadlines are being worked out again.")
        if is_recounted
        else _("The change is applied. Open deadlines keep what bound them."),
    )
    return redirect(address(applied))


def _refused(request, one: Change, form, status: int) -> HttpResponse:
    """The page again with what was typed, as the change is now; the next press starts from what is shown now."""
    one.refresh_from_db()
    if one.state != ChangeState.PROPOSED:
        context = _context(one) | _ledger(one) | {"form": form}
        return render(request, "deadlines/change.html", context, status=status)
    form.data = form.data.copy()
    form.data["seen"] = last_applied()
    return _review(request, one, form, status)


@login_required
@require_POST
def change_discard(request, pk):
    one = _named(request, pk)
    try:
        discard_change(one, actor=request.user)
    except ServiceError as error:
        messages.error(request, str(error))
        one.refresh_from_db()
        return render(request, "deadlines/change.html", _context(one) | _ledger(one), status=409)
    messages.success(request, _("The change has been discarded; nothing of it applies."))
    return redirect("deadlines:changes")


class _Line:
    """What a streamed CSV is written to: each row is handed on at once."""

    def write(self, value: str) -> str:
        return value


def _cell(text: str) -> str:
    """Text that a spreadsheet doesn't take for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@login_required
@require_safe
def change_moves(request, pk):
    """All of the moves as a table for a spreadsheet."""
    one = _named(request, pk)
    moves = preview(one).all_moves if one.state == ChangeState.PROPOSED else moved_by(one)
    writer = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    labels = dict(Obligation.choices)

    def lines():
        heads = (_("Unit"), _("Obligation"), _("What is due"), _("From"), _("To"))
        yield "\ufeff" + writer.writerow(map(str, heads))
        for move in moves:
            days = (f"{move.due_on_before:%d/%m/%Y}", f"{move.due_on_after:%d/%m/%Y}")
            yield writer.writerow([_cell(move.unit), str(labels[move.obligation]), _cell(move.title), *days])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="thoi-han-doi-{one.pk}.csv"'
    return response
