"""``{% load deadlines %}``: the deadline badge and the bell."""

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines import clock

register = template.Library()

SOON = 3  # working days; the same threshold as the first reminder


def _working_days(start, end):
    """Working days after ``start`` up to and with ``end``; negative when ``end`` lies before ``start``."""
    from datetime import timedelta

    if end < start:
        return -_working_days(end, start)
    return sum((start + timedelta(days=n)).weekday() < 5 for n in range(1, (end - start).days + 1))


def deadline_words(due_on, done_on=None, today=None):
    """(tone, sentence without the date) of a deadline."""
    today = today or clock.today()
    if done_on is not None:
        late = _working_days(due_on, done_on) if done_on > due_on else 0
        if done_on <= due_on or late == 0:
            return "success", _("completed on time")
        return "late-done", ngettext(
            "completed %(days)s working day late", "completed %(days)s working days late", late
        ) % {"days": late}
    if today > due_on:
        late = _working_days(due_on, today)
        if late == 0:
            return "danger", _("overdue")
        return "danger", ngettext("%(days)s working day overdue", "%(days)s working days overdue", late) % {
            "days": late
        }
    left = _working_days(today, due_on)
    if today == due_on or left == 0:
        return "warning", _("due today") if today == due_on else _("due before the next working day")
    words = ngettext("%(days)s working day left", "%(days)s working days left", left) % {"days": left}
    return ("warning" if left <= SOON else "neutral"), words


@register.simple_tag
def deadline_badge(due_on, done_on=None, url=""):
    """ "còn 3 ngày làm việc · 08/09/2026": always words beside the colour; leads to the working-out."""
    if due_on is None:
        return format_html('<span class="deadline deadline-none">{}</span>', _("no deadline"))
    tone, words = deadline_words(due_on, done_on)
    inner = format_html(
        '<span class="deadline-words">{}</span> <span aria-hidden="true">·</span> <time datetime="{}">{}</time>',
        words,
        due_on.isoformat(),
        due_on.strftime("%d/%m/%Y"),
    )
    if url:
        return format_html(
            '<a class="deadline deadline-{}" href="{}" title="{}">{}</a>',
            tone,
            url,
            _("How this date was worked out"),
            inner,
        )
    return format_html('<span class="deadline deadline-{}">{}</span>', tone, inner)


@register.inclusion_tag("components/reminder_bell.html", takes_context=True)
def reminder_bell(context):
    """Unread reminders of the person signed in; one query over the partial index."""
    try:
        url = reverse("deadlines:reminders")
    except NoReverseMatch:
        return {"url": "", "unread": 0}
    return {"url": url, "unread": context["request"].user.reminders.unread().count()}
