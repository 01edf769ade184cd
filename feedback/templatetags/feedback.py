"""``{% load feedback %}``: the deadline badge of an assignment."""

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from deadlines.templatetags.deadlines import deadline_badge
from feedback.models import Assignment, AssignmentState

register = template.Library()

ENDED = (AssignmentState.RETURNED, AssignmentState.WITHDRAWN)


@register.simple_tag
def assignment_badge(assignment: Assignment, url="", locality=None):
    """As of every deadline; while the clock stands still, since when; no clock runs on what was given back or taken back."""
    if assignment.state in ENDED:
        return f"{assignment.due_on:%d/%m/%Y}"
    if not assignment.is_paused:
        return deadline_badge(assignment.due_on, assignment.replied_on, url, locality or None)
    since = assignment.paused_on
    return format_html(
        '<span class="deadline deadline-neutral"><span class="deadline-words">{}</span>'
        ' <time datetime="{}">{}</time></span>',
        _("paused since"),
        since.isoformat(),
        f"{since:%d/%m/%Y}",
    )
