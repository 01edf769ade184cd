"""The pieces every page is put together from: ``{% load ui %}``."""

import datetime
import itertools
from decimal import Decimal
from urllib.parse import urlencode

from django import template
from django.forms.utils import pretty_name
from django.urls import reverse
from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import charts

register = template.Library()
_chart_numbers = itertools.count(1)

TONES = {"neutral", "info", "success", "warning", "danger"}
DASH = "—"

# (URL name, label, the beginning of the path that says "you are here")
NAVIGATION = [
    ("work", gettext_lazy("My work"), "/work/"),
    ("meetings:list", gettext_lazy("Meetings"), "/meetings/"),
    ("feedback:opinions", gettext_lazy("Opinions"), "/opinions/"),
    ("feedback:inbox", gettext_lazy("Inbox"), ("/inbox/", "/assignments/")),
    ("notices:list", gettext_lazy("Conclusion notices"), "/notices/"),
    ("reports:dashboard", gettext_lazy("Dashboard"), "/dashboard/"),
    ("accounts:settings", gettext_lazy("Settings"), "/settings/"),
]
# Rooms that not everybody has: which property of ``acting`` opens each. The pages themselves ask their policies.
SHOWN_TO = {
    "feedback:inbox": "can_answer",
    "reports:dashboard": "can_see_dashboard",
    "accounts:settings": "can_see_settings",
}
PORTAL_NAVIGATION = [
    ("portal:meetings", gettext_lazy("Meeting calendar"), "/lich-doi-thoai/"),
    ("portal:notices", gettext_lazy("Conclusion notices"), "/thong-bao/"),
    ("portal:opinion", gettext_lazy("Follow an opinion"), "/tra-cuu/"),
    ("portal:verify", gettext_lazy("Verify a document"), "/xac-minh/"),
]


# --- numbers and words ----------------------------------------------------------------------------------------


@register.filter
def vn_number(value, decimals=None):
    """1078 → "1.078" (in English "1,078"), nothing → "—"."""
    if value is None or value == "":
        return DASH
    if decimals is None and isinstance(value, float | Decimal) and value == int(value):
        value = int(value)
    return formats.number_format(value, decimal_pos=decimals, use_l10n=True, force_grouping=True)


@register.filter
def vn_percent(value, decimals=1):
    """0.934 → "93,4%": takes a share of one."""
    if value is None or value == "":
        return DASH
    text = formats.number_format(round(float(value) * 100, decimals), decimal_pos=decimals, use_l10n=True)
    separator = formats.get_format("DECIMAL_SEPARATOR")
    return (text.rstrip("0").rstrip(separator) if separator in text else text) + "%"


@register.filter
def vn_date(value):
    """A date as d/m/Y, nothing as a dash."""
    return formats.date_format(value, "DATE_FORMAT") if value else DASH


@register.filter
def lines(text):
    """The lines of a text that say something: each becomes a paragraph."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


@register.filter
def vn_change(value):
    """12 → "+12", -3 → "−3": a change carries its sign."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return value
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return f"{sign}{vn_number(abs(value))}"


# --- badges and chips -----------------------------------------------------------------------------------------


@register.simple_tag
def tone_badge(label, tone="neutral"):
    """A short word with a colour beside it."""
    return format_html('<span class="state state-{}">{}</span>', tone if tone in TONES else "neutral", label)


@register.simple_tag
def state_badge(obj):
    """The state of a record, from its ``get_state_display`` and ``state_tone``."""
    return tone_badge(obj.get_state_display(), getattr(obj, "state_tone", "neutral"))


@register.simple_tag
def person(name, role=""):
    """A person with what they are there for."""
    if not name:
        return DASH
    initials = "".join(word[0] for word in str(name).split()[-2:]).upper()
    chip = format_html(
        '<span class="chip-mark" aria-hidden="true">{}</span><span class="chip-name">{}</span>', initials, name
    )
    return format_html(
        '<span class="chip chip-person">{}{}</span>',
        chip,
        format_html(' <span class="chip-role">{}</span>', role) if role else "",
    )


@register.simple_tag
def unit(name, place=""):
    """A unit, with the place it acts in."""
    if not name:
        return DASH
    return format_html(
        '<span class="chip chip-unit"><span class="chip-name">{}</span>{}</span>',
        name,
        format_html(' <span class="chip-role">{}</span>', place) if place else "",
    )


# --- blocks of a page -----------------------------------------------------------------------------------------


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


# --- lists: filters and pages ---------------------------------------------------------------------------------


def _query(context, **changes):
    """The current address's question with some of its words changed; ``None`` takes a word out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    text = query.urlencode()
    return f"?{text}" if text else "?"


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context, page_obj, name="page", total_text=""):
    """Pages of a list; every other GET parameter stays. Works with estimated counts: only has_next is asked."""
    paginator = page_obj.paginator
    links = []
    for number in paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1):
        is_gap = number == paginator.ELLIPSIS
        links.append(
            {
                "number": number if is_gap else vn_number(number),
                "is_gap": is_gap,
                "is_current": number == page_obj.number,
                "url": "" if is_gap else _query(context, **{name: number}),
            }
        )
    return {
        "is_paged": paginator.num_pages > 1,
        "links": links,
        "previous_url": _query(context, **{name: page_obj.previous_page_number()}) if page_obj.has_previous() else "",
        "next_url": _query(context, **{name: page_obj.next_page_number()}) if page_obj.has_next() else "",
        "start": vn_number(page_obj.start_index()),
        "end": vn_number(page_obj.end_index()),
        "total": total_text or vn_number(paginator.count),
    }


def _shown_value(bound_field, value):
    """The label of a chosen filter value, never its key."""
    field = bound_field.field
    choices = getattr(field, "choices", None)
    if choices is not None:
        for key, label in _flat(choices):
            if str(key) == str(value):
                return str(label)
    if str(value).lower() in {"true", "on"}:
        return _("Yes")
    if str(value).lower() == "false":
        return _("No")
    return str(value)


def _flat(choices):
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label


@register.inclusion_tag("components/filter_chips.html", takes_context=True)
def filter_chips(context, filterset):
    """The filters in force, each with a link that takes it away."""
    query = context["request"].GET
    form = filterset.form
    chips = []
    for bound in form.visible_fields():
        keys = [bound.html_name] + [f"{bound.html_name}_{end}" for end in ("min", "max", "after", "before", "0", "1")]
        for key in keys:
            for value in query.getlist(key):
                if not value:
                    continue
                rest = [(k, v) for k, values in query.lists() for v in values]
                rest = [(k, v) for k, v in rest if (k, v) != (key, value) and k != "page" and v]
                ending = {"min": "≥", "after": _("from"), "max": "≤", "before": _("to")}.get(key.rpartition("_")[2], "")
                chips.append(
                    {
                        "label": bound.label or pretty_name(bound.name),
                        "value": " ".join(
                            filter(None, [ending if key != bound.html_name else "", _shown_value(bound, value)])
                        ),
                        "url": f"?{urlencode(rest)}",
                    }
                )
    return {"chips": chips, "clear_url": context["request"].path}


@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(context, filterset, label=""):
    """The filters of a list as a form that lives in the address; sends itself where scripts run."""
    query = context["request"].GET
    names = set()
    for bound in filterset.form:
        names |= {bound.html_name} | {f"{bound.html_name}_{end}" for end in ("min", "max", "after", "before", "0", "1")}
    kept = [(key, value) for key, values in query.lists() if key not in names | {"page"} for value in values]
    return {
        "form": filterset.form,
        "kept": kept,
        "label": label or _("Filter the list"),
        "action": context["request"].path,
    }


# --- forms ----------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/form_errors.html")
def form_errors(*forms):
    """What has to be put right, each line leading to its field."""
    rows = []
    for form in forms:
        if not getattr(form, "is_bound", False):
            continue
        inner = list(form.forms) if hasattr(form, "management_form") else [form]
        if hasattr(form, "management_form"):
            rows += [{"target": "", "label": "", "text": text} for text in form.non_form_errors()]
        for one in inner:
            rows += [{"target": "", "label": "", "text": text} for text in one.non_field_errors()]
            for bound in one.visible_fields():
                target = bound.id_for_label or f"div_{bound.auto_id}"
                rows += [{"target": target, "label": bound.label, "text": text} for text in bound.errors]
            for bound in one.hidden_fields():
                rows += [{"target": "", "label": bound.label, "text": text} for text in bound.errors]
    return {"rows": rows}


@register.inclusion_tag("components/stale.html")
def stale(form, saved, saved_by="", saved_at=None):
    """Somebody saved first: what was typed beside what is saved now. ``saved`` is the fresh record or a dict."""
    rows = []
    for bound in form.visible_fields():
        now = saved.get(bound.name) if isinstance(saved, dict) else getattr(saved, bound.name, None)
        display = None if isinstance(saved, dict) else getattr(saved, f"get_{bound.name}_display", None)
        typed, now_text = _as_text(bound, bound.value()), display() if display else _as_text(bound, now)
        if typed != now_text:
            rows.append(
                {"label": bound.label, "typed": typed or DASH, "saved": now_text or DASH, "target": bound.id_for_label}
            )
    return {"rows": rows, "saved_by": saved_by, "saved_at": saved_at}


def _as_text(bound, value):
    if value is None:
        return ""
    if hasattr(value, "all"):
        value = list(value.all())
    if isinstance(value, list | tuple):
        return ", ".join(_as_text(bound, one) for one in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime.datetime):
        return formats.date_format(value, "DATETIME_FORMAT")
    if isinstance(value, datetime.date):
        return vn_date(value)
    if isinstance(value, datetime.time):
        return formats.time_format(value, "TIME_FORMAT")
    if getattr(bound.field, "choices", None) is not None:
        return _shown_value(bound, getattr(value, "pk", value))
    return str(value).replace("\r\n", "\n").strip()


# --- where am I -----------------------------------------------------------------------------------------------


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


# --- charts -----------------------------------------------------------------------------------------------------


@register.inclusion_tag("components/chart_bars.html")
def bar_chart(rows, title="", unit="", label_heading="", value_heading="", percent=False, top=None, tone=1):
    """Horizontal bars that are their own table. ``rows``: (label, value) or (label, value, url)."""
    rows = [(row[0], row[1], row[2] if len(row) > 2 else "") for row in rows]
    top = top or max((float(value or 0) for _label, value, _url in rows), default=0)
    return {
        "title": title,
        "unit": unit,
        "tone": tone,
        "label_heading": label_heading or _("Name"),
        "value_heading": value_heading or unit or _("Number"),
        "rows": [
            {
                "label": label,
                "url": url,
                "value": vn_percent(value) if percent else vn_number(value),
                "width": charts.share(value, top),
            }
            for label, value, url in rows
        ],
    }


@register.inclusion_tag("components/chart_stacked.html")
def stacked_bar(rows, names, title="", label_heading="", percent=False):
    """Horizontal bars in parts. ``rows``: (label, [value, …]) or (label, [value, …], url); ``names``: of the parts."""
    rows = [(row[0], list(row[1]), row[2] if len(row) > 2 else "") for row in rows]
    widest = max((sum(float(v or 0) for v in values) for _label, values, _url in rows), default=0)
    drawn = []
    for label, values, url in rows:
        total = sum(float(value or 0) for value in values)
        parts, at = [], 0.0
        for number, value in enumerate(values, start=1):
            width = charts.share(value, total if percent else widest)
            parts.append({"number": number, "x": round(at, 2), "width": width, "value": vn_number(value)})
            at += width
        drawn.append({"label": label, "url": url, "parts": parts, "total": vn_number(total)})
    return {
        "title": title,
        "label_heading": label_heading or _("Name"),
        "names": list(enumerate(names, start=1)),
        "rows": drawn,
    }


def _over_time(labels, series, title, unit, desc, top):
    frame = charts.Frame()
    series = [(name, list(values)) for name, values in series]
    return {
        "frame": frame,
        "title": title,
        "desc": desc,
        "unit": unit,
        "uid": f"chart-{next(_chart_numbers)}",
        "grid": [
            {"y": line["y"], "text": vn_number(round(line["value"], 2))}
            for line in charts.grid(top, frame.top, frame.plot_height)
        ],
        "axis": charts.axis_labels(frame, [str(label) for label in labels]),
        "names": list(enumerate((name for name, _values in series), start=1)),
        "table": [
            {"label": label, "cells": [vn_number(values[index]) for _name, values in series]}
            for index, label in enumerate(labels)
        ],
    }


@register.inclusion_tag("components/chart_lines.html")
def line_chart(labels, series, title="", unit="", desc="", top=None):
    """Lines over time. ``series``: (name, [value or None, …]); a missing value interrupts its line."""
    highest = max((float(v) for _name, values in series for v in values if v is not None), default=0)
    top = top or charts.nice_top(highest)
    drawing = _over_time(labels, series, title, unit, desc, top)
    frame = drawing["frame"]
    drawing["series"] = [
        {
            "number": number,
            "name": name,
            "runs": charts.line_runs(frame, [None if v is None else float(v) for v in values], top),
            "points": [
                {"x": frame.centre(i, len(values)), "y": frame.y(float(v), top), "text": f"{labels[i]}: {vn_number(v)}"}
                for i, v in enumerate(values)
                if v is not None
            ],
        }
        for number, (name, values) in enumerate(series, start=1)
    ]
    return drawing


@register.inclusion_tag("components/chart_columns.html")
def column_chart(labels, series, title="", unit="", desc="", top=None, links=None):
    """Stacked columns over time, the first series at the bottom. ``series``: (name, [value, …]).

    ``links``: for each series the addresses of the rows behind its values; the numbers of the table lead there.
    """
    sums = [sum(float(values[i] or 0) for _name, values in series) for i in range(len(labels))]
    top = top or charts.nice_top(max(sums, default=0))
    drawing = _over_time(labels, series, title, unit, desc, top)
    frame = drawing["frame"]
    wide = round(min(46, frame.plot_width / max(1, len(labels)) * 0.62), 1)
    columns = []
    for index, label in enumerate(labels):
        at = 0.0
        for number, (name, values) in enumerate(series, start=1):
            value = float(values[index] or 0)
            if value:
                upper = frame.y(at + value, top)
                columns.append(
                    {
                        "number": number,
                        "x": round(frame.centre(index, len(labels)) - wide / 2, 1),
                        "y": upper,
                        "height": round(frame.y(at, top) - upper, 1),
                        "text": f"{label}, {name}: {vn_number(values[index])}",
                    }
                )
            at += value
    drawing.update({"columns": columns, "column_width": wide})
    for index, row in enumerate(drawing["table"] if links else []):
        row["cells"] = [
            format_html('<a href="{}">{}</a>', urls[index], text)
            for text, urls in zip(row["cells"], links, strict=True)
        ]
    return drawing
