from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.errors import ServiceError, StaleVersion
from accounts.policies import Refused, require
from audit.models import Event
from reports import importing, services
from reports.forms import ImportForm, ReturnEntry
from reports.models import Return
from reports.policies import may_change, may_enter_somewhere
from reports.tables import return_table
from reports.words import period_text

PER_PAGE = 50


@require_GET
@login_required
def return_list(request):
    listed = Return.objects.visible_to(request.user).select_related("locality").prefetch_related("rows")
    page = Paginator(listed.order_by("-period_to", "locality__path", "pk"), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(one, return_table(one)) for one in page]
    may_enter = may_enter_somewhere(request.user)
    return render(request, "reports/returns.html", {"page_obj": page, "rows": rows, "may_enter": may_enter})


def _visible(request, pk):
    listed = Return.objects.visible_to(request.user).select_related("locality", "entered_by")
    return get_object_or_404(listed.prefetch_related("rows__locality", "by_field"), pk=pk)


@require_GET
@login_required
def return_page(request, pk):
    one = _visible(request, pk)
    context = {
        "record": one,
        "table": return_table(one),
        "may_change": may_change(request.user, one),
        "events": Event.objects.of(one).select_related("actor")[:50],
    }
    return render(request, "reports/return.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def return_new(request):
    require(may_enter_somewhere(request.user))
    entry = ReturnEntry(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and "add_rows" not in request.POST:
        made, status, _stale = _attempt(entry, lambda: services.enter_return(actor=request.user, entry=entry.entry()))
        if made:
            messages.success(request, _("The return has been entered."))
            return redirect("reports:return", pk=made.pk)
    return render(request, "reports/return_form.html", {"entry": entry}, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def return_edit(request, pk):
    one = _visible(request, pk)
    require(may_change(request.user, one))
    entry = ReturnEntry(request.POST if request.method == "POST" else None, record=one)
    status, stale = 200, None
    if request.method == "POST" and "add_rows" not in request.POST:
        saved, status, stale = _attempt(
            entry,
            lambda: services.edit_return(one, actor=request.user, version=entry.version, entry=entry.entry()),
        )
        if saved:
            messages.success(request, _("The return has been saved."))
            return redirect("reports:return", pk=one.pk)
    return render(request, "reports/return_form.html", {"entry": entry, "record": one, "stale": stale}, status=status)


def _attempt(entry, do):
    """Runs the service for valid input; what it refuses lands on the form. Returns the result, status, stale record."""
    if not entry.is_valid():
        return None, 422, None
    try:
        return do(), 200, None
    except services.ImpossibleFigures as error:
        for sentence in error.sentences:
            entry.form.add_error(None, sentence)
        return None, 422, None
    except Refused as error:
        entry.form.add_error("locality", str(error.reason))
        return None, 422, None
    except StaleVersion as error:
        entry.form.data = entry.form.data.copy()
        entry.form.data["version"] = error.current.version
        return None, 409, error.current
    except ServiceError as error:
        entry.form.add_error(None, str(error))
        return None, 409, None


@require_http_methods(["GET", "POST"])
@login_required
def return_remove(request, pk):
    one = _visible(request, pk)
    require(may_change(request.user, one))
    if request.method == "POST":
        services.remove_return(one, actor=request.user)
        messages.success(request, _("The return has been removed; the history keeps what it said."))
        return redirect("reports:returns")
    facts = [
        (_("Locality"), one.locality.name),
        (_("Period"), period_text(one.period_from, one.period_to)),
        (_("Source"), one.source),
    ]
    context = {
        "title": _("Remove the return"),
        "facts": facts,
        "consequence": _("Its figures disappear from the dashboard at once. Meetings recorded one by one stay."),
        "button": _("Remove the return"),
        "tone": "danger",
        "cancel_url": reverse("reports:return", args=[one.pk]),
    }
    return render(request, "components/confirm.html", context)


@require_http_methods(["GET", "POST"])
@login_required
def return_import(request):
    """Upload, review, apply: the reviewed text comes back and is read again."""
    require(may_enter_somewhere(request.user))
    form, reading, text, status = ImportForm(), None, "", 200
    if request.method == "POST" and "content" in request.POST:
        text = request.POST["content"]
        reading = importing.read(text, actor=request.user)
        if reading.is_fine and (made := _apply(request, reading)):
            return made
        status = 422
    elif request.method == "POST":
        form = ImportForm(request.POST, request.FILES)
        status, text = _uploaded(form)
        reading = importing.read(text, actor=request.user) if status == 200 else None
        status = 200 if reading and reading.is_fine else 422
    return render(
        request, "reports/return_import.html", {"form": form, "reading": reading, "text": text}, status=status
    )


def _uploaded(form):
    if not form.is_valid():
        return 422, ""
    try:
        upload = form.cleaned_data["table"]
        if upload.size > importing.MAX_SIZE:
            raise ValueError(_("The file is larger than 1 MB."))
        return 200, importing.decode(upload.read())
    except ValueError as error:
        form.add_error("table", str(error))
        return 422, ""


def _apply(request, reading):
    try:
        made = services.import_returns(actor=request.user, entries=[draft.entry for draft in reading.drafts])
    except services.ImpossibleFigures as error:
        reading.problems += error.sentences
        return None
    sentence = ngettext("%(number)s return has been entered.", "%(number)s returns have been entered.", len(made))
    messages.success(request, sentence % {"number": len(made)})
    return redirect("reports:returns")


@require_GET
@login_required
def return_template(request):
    require(may_enter_somewhere(request.user))
    response = HttpResponse(importing.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="so-lieu-tong-hop.csv"'
    return response
