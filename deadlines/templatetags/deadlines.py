"""``{% load deadlines %}``: the deadline badge and the bell."""

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deadlines import clock
from deadlines.counting import working_days_between
from deadlines.services import as_of_now, working_calendar, working_days_late

register = template.Library()

SOON = 3  # working days; the same threshold as the first reminder


def deadline_words(due_on, done_on=None, locality=None, days_late=None):
    """(tone, sentence without the date) of a deadline. ``days_late`` was fixed when it was done, where anybody did."""
    if done_on is not None:
        late = working_days_late(due_on, done_on, locality=locality) if days_late is None else days_late
        if not late:
            return "success", _("completed on time")
        words = ngettext("completed %(days)s working day late", "completed %(days)s working days late", late)
        return "late-done", words % {"days": late}
    today = clock.today()
    late = working_days_late(due_on, today, locality=locality)
    if late:
        return "danger", ngettext("%(days)s working day overdue", "%(days)s working days overdue", late) % {
            "days": late
        }
    if today == due_on:
        return "warning", _("due today")
    left = working_days_between(today, due_on, working_calendar(locality))
    if not left:
        return "warning", _("due before the next working day")
    words = ngettext("%(days)s working day left", "%(days)s working days left", left) % {"days": left}
    return ("warning" if left <= SOON else "neutral"), words


@register.simple_tag
def deadline_badge(due_on, done_on=None, url="", locality=None, days_late=None):
    """The words first, the date after them (còn 3 ngày làm việc · 08/09/2026); ``url`` leads to the working-out.

    ``days_late`` is what was fixed when it was done: no later change of the calendar makes it another number.
    """
    if not due_on:
        return format_html('<span class="deadline deadline-none">{}</span>', _("no deadline"))
    # A template gives "" for what it doesn't have.
    tone, words = deadline_words(due_on, done_on or None, locality or None, None if days_late == "" else days_late)
    inner = format_html(
        '<span class="deadline-words">{} <span aria-hidden="true">·</span></span> <time datetime="{}">{}</time>{}',
        words,
        due_on.isoformat(),
        due_on.strftime("%d/%m/%Y"),
        "" if done_on else _provisional(due_on, locality or None),
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


def _provisional(due_on, locality):
    """The mark of a date that may still move, because nobody has confirmed a year between today and it."""
    confirmed = working_calendar(locality).confirmed_years
    open_years = [year for year in range(min(clock.today(), due_on).year, due_on.year + 1) if year not in confirmed]
    if not open_years:
        return ""
    return format_html(
        ' <span class="deadline-provisional" title="{}">{}</span>',
        _("Nobody has confirmed the days off of %(years)s yet.") % {"years": ", ".join(map(str, open_years))},
        _("provisional"),
    )


@register.filter
def sentences_now(count):
    """The lines of a worked answer with what each is; a snapshot's without the years confirmed since it was made."""
    return as_of_now(count).sentences()


@register.simple_tag
def working_out_url(count, locality=None):
    """The page that works a ``counting.Count`` out again; what the badge of its date opens."""
    question = {"start": count.start.isoformat(), "number": count.number, "unit": count.unit}
    if count.is_backward:
        question["direction"] = "before"
    if locality:
        question["locality"] = locality.pk
    return f"{reverse('deadlines:working_out')}?{urlencode(question)}"


@register.inclusion_tag("components/reminder_bell.html", takes_context=True)
def reminder_bell(context):
    """Unread reminders of the person signed in; one query over the partial index."""
    return {"url": reverse("deadlines:reminders"), "unread": context["request"].user.reminders.unread().count()}
