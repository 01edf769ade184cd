from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policies import may_see_system, require
from deadlines import beat_lock
from deadlines.services.heartbeats import SILENCE
from deadlines.system import system as state_of_system


@login_required
@require_safe
def system(request):
    """For system administrators: does everything run that reminds people?"""
    require(may_see_system(request.user))
    context = {"system": state_of_system(), "lock": beat_lock.LOCK, "minutes": int(SILENCE.total_seconds() // 60)}
    return render(request, "deadlines/system.html", context)
