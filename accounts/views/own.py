"""The settings' index and the person's own page."""

from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.views.common import settings_page

SYSTEM_ADMIN_ONLY = {"deadlines:system"}  # nobody is led to a page that would refuse them

# (URL name, title, what it is for); pages of the apps above are named, not imported.
SECTIONS = [
    (
        _("People and units"),
        [
            ("accounts:people", _("People and roles"), _("Accounts, who works in which unit, and from when to when.")),
            (
                "accounts:units",
                _("Units"),
                _("Committees, organisations and departments, with what their documents print."),
            ),
            (
                "accounts:localities",
                _("Localities"),
                _("Provinces and communes of today, abolished ones, residential areas."),
            ),
        ],
    ),
    (
        _("Work"),
        [
            (
                "feedback:field_departments",
                _("Fields and departments"),
                _("Which department is proposed for which field."),
            ),
            ("deadlines:calendar", _("Working calendar"), _("Days off, make-up days and the decisions behind them.")),
            (
                "deadlines:regulations",
                _("Regulations and time limits"),
                _("The rules from which due dates are counted."),
            ),
            (
                "deadlines:changes",
                _("Changes of the calendar and the rules"),
                _("What waits for review and what has been applied, with the deadlines that moved."),
            ),
            (
                "deadlines:schedules",
                _("Schedules of reminders"),
                _("Who is reminded of what is due and late, and when."),
            ),
            (
                "reports:returns",
                _("Figures of past years"),
                _("Returns for periods that were not recorded one by one."),
            ),
        ],
    ),
    (
        _("Control"),
        [
            ("audit:events", _("Record of actions"), _("Who did what, and when.")),
            ("deadlines:system", _("System"), _("Whether everything runs that reminds people.")),
        ],
    ),
]


@require_GET
@settings_page
def settings(request):
    sections = []
    for title, entries in SECTIONS:
        links = [
            {"url": url, "title": name, "text": text}
            for entry, name, text in entries
            if (url := _url(entry)) and (entry not in SYSTEM_ADMIN_ONLY or request.user.scope.is_system_admin)
        ]
        sections.append({"title": title, "links": links})
    return render(request, "accounts/settings.html", {"sections": [one for one in sections if one["links"]]})


@require_GET
@login_required
def profile(request):
    roles = request.user.memberships.select_related("unit__locality").order_by("-valid_from", "-pk")
    return render(request, "accounts/profile.html", {"roles": roles, "has_second_factor": is_mfa_enabled(request.user)})


def _url(name):
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
