from django.shortcuts import render

from accounts.policies import Refused


def refused(request, exception):
    """403 with the reason that a policy gave; the framework's own English words are not for readers."""
    reason = exception.reason if isinstance(exception, Refused) else ""
    return render(request, "403.html", {"exception": reason}, status=403)
