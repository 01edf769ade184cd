"""``{% load meetings %}``: the cycle on top of a meeting's pages, its next step and its tabs."""

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.components.blocks import stepper
from accounts.components.words import vn_date
from deadlines import clock
from meetings import policies
from meetings.models import Meeting, MeetingState

register = template.Library()


def _url(name: str, *args) -> str:
    """The address of a page that may belong to another app."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _announcement_note(meeting: Meeting) -> str:
    if meeting.state == MeetingState.POSTPONED:
        return _("New time to be announced") if meeting.has_new_time else _("Postponed, no new time yet")
    if not (meeting.place or meeting.online_address):
        return _("No place yet")
    return ""


def cycle_steps(meeting: Meeting) -> list[tuple]:
    """(label, date, state, note) of the eight steps; exactly one is current or blocked while the meeting is open."""
    today = clock.today()
    is_announced = meeting.is_held or meeting.state == MeetingState.ANNOUNCED
    is_prepared = meeting.is_held or (is_announced and meeting.planned_day <= today)
    is_late = meeting.concluded_on is None and meeting.conclusion_due_on and meeting.conclusion_due_on < today
    issued = meeting.concluded_on
    if issued is None and meeting.conclusion_due_on:
        issued = _("by %(day)s") % {"day": vn_date(meeting.conclusion_due_on)}
    published = _("published %(day)s") % {"day": vn_date(meeting.published_on)} if meeting.published_on else ""
    is_concluded, is_closed = meeting.concluded_on is not None, meeting.state == MeetingState.CLOSED
    steps = [
        (_("Planning"), meeting.created_at.astimezone(clock.VIETNAM).date(), True, ""),
        (_("Announcing"), meeting.announced_on, is_announced, _announcement_note(meeting)),
        (_("Preparing"), "", is_prepared, ""),
        (_("Holding"), meeting.held_on or meeting.planned_day, meeting.is_held, ""),
        (_("Concluding"), "", is_concluded, _("Overdue") if is_late else ""),
        (_("Issuing the notice"), issued, is_concluded, ""),
        (_("Following up"), published, is_closed, "" if meeting.published_on else _("Notice not published yet")),
        (
            _("Closing the record"),
            meeting.closed_at and meeting.closed_at.astimezone(clock.VIETNAM).date(),
            is_closed,
            "",
        ),
    ]
    rows, is_current_found = [], not meeting.is_open
    for label, when, is_done, note in steps:
        state = "done" if is_done else "todo"
        if not is_done and not is_current_found:
            state, is_current_found = ("blocked" if note else "current"), True
        rows.append((label, when, state, note if state == "blocked" else ""))
    return rows


@register.inclusion_tag("components/stepper.html")
def meeting_stepper(meeting):
    """The cycle from the plan to the closing."""
    return stepper(cycle_steps(meeting), _("The meeting's cycle"))


def next_step_of(meeting: Meeting, user) -> dict:
    """What to do now: a sentence, and for those who may do it a button and perhaps a second one."""
    pk, today = meeting.pk, clock.today()
    notice = (_url("notices:meeting_notice", pk), _("Conclusion notice"))
    step: dict = {"text": "", "actions": [], "due_on": None}
    if meeting.state == MeetingState.CANCELLED:
        return step | {"text": _("Cancelled: %(reason)s") % {"reason": meeting.change_reason}, "is_over": True}
    if meeting.state == MeetingState.CLOSED:
        return step | {"text": _("The meeting is closed; its record is kept as it is."), "is_over": True}
    if meeting.state == MeetingState.POSTPONED and not meeting.has_new_time:
        step["text"] = _("Postponed (%(reason)s). Set the new time, then announce it.") % {
            "reason": meeting.change_reason
        }
        step["actions"] = [(_url("meetings:edit", pk), _("Set the new time"))]
    elif meeting.state == MeetingState.POSTPONED:
        step["text"] = _("The new time is set. Announce it, so that people know.")
        step["actions"] = [(_url("meetings:announce", pk), _("Announce the new time"))]
    elif meeting.state == MeetingState.PLANNED and meeting.planned_day >= today:
        step["text"] = _("The meeting is planned. Announce it in good time and invite the units concerned.")
        step["actions"] = [
            (_url("meetings:announce", pk), _("Announce the meeting")),
            (_url("meetings:invitations", pk), _("Invite units")),
        ]
        if not (meeting.place or meeting.online_address):
            step["text"] = _("The place is missing: the meeting can't be announced without it.")
            step["actions"] = [(_url("meetings:edit", pk), _("Add the place"))]
    elif not meeting.is_held and meeting.planned_day > today:
        step["text"] = _("The meeting has been announced. Invite units and collect questions beforehand.")
        step["actions"] = [
            (_url("meetings:invitations", pk), _("Invite units")),
            (_url("feedback:advance", pk), _("Advance questions")),
        ]
    elif not meeting.is_held:
        is_today = meeting.planned_day == today
        step["text"] = (
            _("The meeting is today. Record what people say, then record it as held.")
            if is_today
            else _("The planned day has passed. Record the meeting as held, or postpone or cancel it.")
        )
        step["actions"] = [
            (_url("meetings:hold", pk), _("Record as held")),
            (_url("feedback:entry", pk), _("Record opinions")),
        ]
    elif meeting.concluded_on is None:
        step["text"] = _("The meeting was held. Record all opinions and issue the conclusion notice.")
        step["actions"] = [notice, (_url("feedback:entry", pk), _("Record opinions"))]
        step["due_on"] = meeting.conclusion_due_on
    elif meeting.published_on is None:
        step["text"] = _("The conclusion notice has been issued. Publish it.")
        step["actions"] = [notice]
    else:
        step["text"] = _("The notice is published. Follow the replies; close the meeting when all is settled.")
        step["actions"] = [
            (_url("feedback:meeting_opinions", pk), _("Follow the opinions")),
            (_url("meetings:close", pk), _("Close the meeting")),
        ]
    step["actions"] = [(url, label) for url, label in step["actions"] if url]
    if not policies.works_on(user, meeting):
        step["actions"] = []
        step["waiting_for"] = meeting.host_unit
    return step


@register.inclusion_tag("meetings/_next_step.html", takes_context=True)
def next_step(context, meeting):
    return {"step": next_step_of(meeting, context["request"].user), "meeting": meeting}


@register.inclusion_tag("meetings/_tabs.html")
def meeting_tabs(meeting, active_tab=""):
    """The meeting's pages, those of other apps where they are installed."""
    pages = [
        ("overview", "meetings:detail", _("Overview")),
        ("opinions", "feedback:meeting_opinions", _("Opinions")),
        ("record", "meetings:record", _("Attendance and minutes")),
        ("notice", "notices:meeting_notice", _("Conclusion and notice")),
        ("documents", "meetings:documents", _("Documents")),
        ("history", "meetings:history", _("History")),
    ]
    tabs = [(_url(name, meeting.pk), label, key == active_tab) for key, name, label in pages]
    return {"tabs": [tab for tab in tabs if tab[0]]}
