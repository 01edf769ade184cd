from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import ServiceError
from accounts.models import Locality
from accounts.policies import require
from deadlines import importing, policies
from deadlines.clock import today
from deadlines.counting import Calendar
from deadlines.holidays_vn import library_days
from deadlines.import_forms import CalendarImportForm
from deadlines.models import CalendarDay, ChangeKind
from deadlines.services import working_calendar
from deadlines.services.changes import propose_change
from deadlines.views.saving import posted


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def calendar_import(request):
    """Reads a file of days and puts what it changes up for review; with a single fault in it nothing is kept."""
    require(policies.may_open_rules(request.user))
    form = CalendarImportForm(
        posted(request), request.FILES or None, actor=request.user, initial={"year": today().year + 1}
    )
    problems, status = [], 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            require(policies.may_set_day(request.user, form.cleaned_data["locality"]))
            found = _read_and_compare(form.cleaned_data)
            problems = found.problems
            if not problems:
                if change := _proposed(request, form, found):
                    return redirect("deadlines:change", pk=change.pk)
                status = 409
    return render(request, "deadlines/import.html", {"form": form, "problems": problems}, status=status)


def _read_and_compare(asked: dict) -> importing.Comparison:
    upload = asked["file"]
    content = upload.read(importing.MAX_BYTES + 1)
    reading = importing.read(content, year=asked["year"])
    days = reading.days
    if number := asked["decision_number"]:
        days = [
            one if one.decision_number else replace(one, decision_number=number, decision_date=asked["decision_date"])
            for one in days
        ]
    place = asked["locality"]
    entries = CalendarDay.objects.filter(locality=place, day__year=asked["year"])
    found = importing.compare(days, entries=entries, without=_calendar_above(place), locality=place and place.pk)
    found.problems = reading.problems + found.problems
    found.notes = reading.notes + found.notes
    return found


def _calendar_above(place) -> Calendar:
    """The calendar as it is without the place's own days."""
    if place is None:
        return Calendar(*library_days())
    return working_calendar(Locality.objects.get_parent(place))


def _proposed(request, form, found: importing.Comparison):
    """The change that waits for review, or none with the reason on the form."""
    asked = form.cleaned_data
    if not found.operations:
        form.add_error(None, _("The file changes nothing: all of its days stand in the calendar already."))
        return None
    try:
        change = propose_change(
            kind=ChangeKind.CALENDAR,
            operations=found.operations,
            title=f"Nhập lịch nghỉ năm {asked['year']} từ tệp {asked['file'].name}",
            locality=asked["locality"],
            proposed_by=request.user,
            file_name=asked["file"].name,
        )
    except ServiceError as error:
        form.add_error(None, str(error))
        return None
    for note in found.notes[:20]:
        messages.info(request, note)
    return change


@login_required
@require_safe
def import_template(request):
    """An example to fill in."""
    require(policies.may_open_rules(request.user))
    response = HttpResponse(importing.template(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="lich-nghi.csv"'
    return response
