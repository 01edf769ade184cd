"""What the settings' pages share."""

from functools import wraps

from django.contrib.auth.decorators import login_required

from accounts.errors import ServiceError, StaleVersion
from accounts.policies import may_open_settings, require

PER_PAGE = 50


def settings_page(view):
    """Only for those who administer something; everybody else reads why not."""

    @login_required
    @wraps(view)
    def checked(request, *args, **kwargs):
        require(may_open_settings(request.user))
        return view(request, *args, **kwargs)

    return checked


def posted(request):
    """What a form is bound to; an empty POST is one too, and says what is missing."""
    return request.POST if request.method == "POST" else None


def attempt(form, do):
    """Runs the service ``do(cleaned_data)`` for a valid form. Returns what it returned, the status and the stale record.

    A refused state lands on the form, at its field where the service names one.
    """
    if not form.is_valid():
        return None, 422, None
    try:
        return do(form.cleaned_data), 200, None
    except StaleVersion as error:
        form.add_error(None, str(error))
        # The next save is measured against what is shown now.
        form.data = form.data.copy()
        form.data["version"] = error.current.version
        return None, 409, error.current
    except ServiceError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error))
        return None, 409, None
