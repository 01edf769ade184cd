from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from deadlines.clock import today
from deadlines.counting import WORKING_DAYS, count, count_back
from deadlines.forms import WorkingOutForm
from deadlines.services import working_calendar


@login_required
@require_safe
def working_out(request):
    """How a date came about; what the deadline badge opens. htmx gets the answer alone."""
    asked = {"start": today().isoformat(), "number": 10, "unit": WORKING_DAYS} | request.GET.dict()
    form = WorkingOutForm(asked)
    answer = None
    if form.is_valid():
        chosen = form.cleaned_data
        counting = count_back if chosen["direction"] == "before" else count
        calendar = working_calendar(chosen["locality"])
        answer = counting(chosen["start"], chosen["number"], chosen["unit"], calendar)
    template = "deadlines/_count.html" if request.htmx and answer else "deadlines/working_out.html"
    context = {"form": form, "count": answer, "locality": form.cleaned_data.get("locality")}
    return render(request, template, context, status=200 if answer else 422)
