"""The blocks a page is put together from: empty state, figure, history, stepper, week."""

import datetime

from django import template
from django.utils.translation import gettext as _

from accounts.components.words import TONES, vn_change, vn_date, vn_number

register = template.Library()


@register.inclusion_tag("components/empty_state.html")
def empty_state(title, hint="", url="", label=""):
    """What a list says when it has nothing: what that means, and the next step."""
    return {"title": title, "hint": hint, "url": url, "label": label}


@register.inclusion_tag("components/figure_card.html")
def figure_card(label, value, url="", change=None, unit="", hint="", tone="neutral"):
    """One figure that leads to its rows. ``change`` is a number (gets its sign) or a ready sentence."""
    return {
        "label": label,
        "value": value if isinstance(value, str) else vn_number(value),
        "url": url,
        "change": vn_change(change),
        "unit": unit,
        "hint": hint,
        "tone": tone if tone in TONES else "neutral",
    }


@register.inclusion_tag("components/history.html")
def history(events, title=""):
    """The record of what happened; each event has ``at``, ``actor`` and ``sentence`` or ``get_verb_display``."""
    rows = []
    for event in events:
        sentence = getattr(event, "sentence", "")
        sentence = sentence() if callable(sentence) else sentence
        display = getattr(event, "get_verb_display", None)
        actor = getattr(event, "actor", None)
        rows.append(
            {
                "at": event.at,
                "who": str(actor) if actor else _("The system"),
                "what": sentence or (display() if display else str(event)),
                "detail": getattr(event, "detail", "") or "",
            }
        )
    return {"rows": rows, "title": title}


@register.inclusion_tag("components/stepper.html")
def stepper(steps, label=""):
    """A cycle: ``steps`` are (label, date or text, state, note); state is done, current, blocked or todo."""
    words = {
        "done": _("Done"),
        "current": _("Now"),
        "blocked": _("Blocked"),
        "todo": _("To come"),
    }
    rows = []
    for number, (name, when, state, *note) in enumerate(steps, start=1):
        if isinstance(when, datetime.date):
            when = vn_date(when)
        state = state if state in words else "todo"
        rows.append(
            {
                "number": number,
                "label": name,
                "when": when or "",
                "state": state,
                "word": words[state],
                "note": note[0] if note else "",
            }
        )
    return {"rows": rows, "label": label or _("Where the cycle stands")}


@register.inclusion_tag("components/week_strip.html")
def week_strip(days, today=None):
    """A week: ``days`` are dicts or objects with ``date``, ``items`` (each ``label``, ``url``, ``tone``) and ``closed``."""
    rows = []
    for day in days:
        get = day.get if isinstance(day, dict) else lambda name, other=None, day=day: getattr(day, name, other)
        items = []
        for item in get("items") or ():
            take = (
                item.get if isinstance(item, dict) else lambda name, other=None, item=item: getattr(item, name, other)
            )
            tone = take("tone") or "neutral"
            items.append(
                {"label": take("label"), "url": take("url") or "", "tone": tone if tone in TONES else "neutral"}
            )
        rows.append(
            {
                "date": get("date"),
                "items": items,
                "is_today": today is not None and get("date") == today,
                "closed": get("closed") or "",
            }
        )
    return {"rows": rows}
