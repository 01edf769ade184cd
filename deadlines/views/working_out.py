import contextlib

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deadlines.clock import today
from deadlines.counting import WORKING_DAYS, CountError, count, count_back
from deadlines.dates import read_date
from deadlines.forms import WorkingOutForm
from deadlines.services import working_calendar


def _asked(request) -> dict:
    """The question of the address. Links name the day as 2026-08-21; the form shows it as people write it."""
    asked = request.GET.dict()
    with contextlib.suppress(CountError):
        asked["start"] = f"{read_date(asked.get('start', '')):%d/%m/%Y}"
    return asked


@login_required
@require_safe
def working_out(request):
    """How a date came about; what the deadline badge opens. htmx gets the answer alone."""
    form = WorkingOutForm({"start": f"{today():%d/%m/%Y}", "number": 10, "unit": WORKING_DAYS} | _asked(request))
    answer = None
    if form.is_valid():
        chosen = form.cleaned_data
        counting = count_back if chosen["direction"] == "before" else count
        calendar = working_calendar(chosen["locality"])
        answer = counting(chosen["start"], chosen["number"], chosen["unit"], calendar)
    template = "deadlines/_count.html" if request.htmx and answer else "deadlines/working_out.html"
    context = {"form": form, "count": answer, "locality": form.cleaned_data.get("locality")}
    return render(request, template, context, status=200 if answer else 422)
