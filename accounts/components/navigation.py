"""Where am I, and where can I go."""

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# (URL name, label, the beginning of the path that says "you are here")
NAVIGATION = [
    ("work", gettext_lazy("My work"), "/work/"),
    ("meetings:list", gettext_lazy("Meetings"), "/meetings/"),
    ("feedback:opinions", gettext_lazy("Opinions"), "/opinions/"),
    ("feedback:inbox", gettext_lazy("Inbox"), ("/inbox/", "/assignments/")),
    ("notices:list", gettext_lazy("Conclusion notices"), "/notices/"),
    ("reports:dashboard", gettext_lazy("Dashboard"), "/dashboard/"),
    ("reports:obligations", gettext_lazy("Obligations"), "/obligations/"),
    ("accounts:settings", gettext_lazy("Settings"), "/settings/"),
]
# Rooms that not everybody has: which property of ``acting`` opens each. The pages themselves ask their policies.
SHOWN_TO = {
    "feedback:inbox": "can_answer",
    "reports:dashboard": "can_see_dashboard",
    "reports:obligations": "can_see_dashboard",
    "accounts:settings": "can_see_settings",
}
PORTAL_NAVIGATION = [
    ("portal:meetings", gettext_lazy("Meeting calendar"), "/lich-doi-thoai/"),
    ("portal:notices", gettext_lazy("Conclusion notices"), "/thong-bao/"),
    ("portal:opinion", gettext_lazy("Follow an opinion"), "/tra-cuu/"),
    ("portal:verify", gettext_lazy("Verify a document"), "/xac-minh/"),
]


register = template.Library()


def _links(context, entries):
    request = context.get("request")
    path = request.path if request else ""
    return [
        {"url": reverse(name), "label": label, "is_current": path.startswith(prefix)} for name, label, prefix in entries
    ]


@register.inclusion_tag("components/nav.html", takes_context=True)
def staff_nav(context, label=""):
    """The rooms of the house this person works in."""
    acting = context.get("acting")
    entries = [entry for entry in NAVIGATION if entry[0] not in SHOWN_TO or getattr(acting, SHOWN_TO[entry[0]], False)]
    return {"links": _links(context, entries), "label": label or _("Main navigation")}


@register.inclusion_tag("components/nav.html", takes_context=True)
def portal_nav(context, label=""):
    """The public pages."""
    return {"links": _links(context, PORTAL_NAVIGATION), "label": label or _("Main navigation")}
