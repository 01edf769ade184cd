from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from deadlines import clock
from deadlines.services import working_calendar
from reports.work import GROUPS, home_of, tasks_of, week_of


@require_GET
@login_required
def work(request):
    """What waits for this person, most urgent first."""
    on = clock.today()
    tasks, meetings = tasks_of(request.user, on=on)
    calendar = working_calendar(home_of(request.user))
    groups = [(name, listed) for key, name in GROUPS if (listed := [task for task in tasks if task.group == key])]
    context = {
        "groups": groups,
        "number": len(tasks),
        "week": week_of(on, tasks, meetings, calendar),
        "today": on,
    }
    return render(request, "reports/work.html", context)
