"""What every form page of this app does: save through a service, and show again what was typed when it refuses."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy

from accounts.errors import ServiceError, StaleVersion

# Of what is reviewed before it applies.
PROPOSED = gettext_lazy("Nothing has changed yet. Look at what would move, then apply the change or discard it.")


def posted(request):
    """What was sent, even if that is nothing; None where the form is only being opened."""
    return request.POST if request.method == "POST" else None


def form_page(
    request, *, template: str, form, save: Callable, done: Callable, success, context: dict | None = None
) -> HttpResponse:
    """GET shows the form; POST saves and goes on to ``done(saved)``.

    422 for what can't be read, 409 for what the service refuses: what was typed stays in the form.
    """
    context = {"form": form, **(context or {})}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = save(form)
            except StaleVersion as error:
                # The next save starts from what is saved now, which the page shows beside what was typed.
                form.data = form.data.copy()
                form.data["version"] = error.current.version
                context["saved"] = error.current
                status = 409
            except ServiceError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
                status = 409
            else:
                messages.success(request, success)
                return redirect(done(saved))
    return render(request, template, context, status=status)


def confirm_page(request, *, context: dict, act: Callable, done: str | Callable, success, form=None) -> HttpResponse:
    """GET asks once, with the facts; POST acts and goes on to ``done``, or to ``done(what acting gave)``."""
    status = 200
    if request.method == "POST":
        if form is not None and not form.is_valid():
            status = 422
        else:
            try:
                acted = act()
            except ServiceError as error:
                messages.error(request, str(error))
                status = 409
            else:
                messages.success(request, success)
                return redirect(done(acted) if callable(done) else done)
    return render(request, "components/confirm.html", {**context, "form": form}, status=status)
