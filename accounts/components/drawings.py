"""Charts, drawn on the server, each with its numbers beside it."""

import itertools

from django import template
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts import charts
from accounts.components.words import vn_number, vn_percent

_chart_numbers = itertools.count(1)

register = template.Library()


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
