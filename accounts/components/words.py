"""Numbers, dates and states as words: filters, badges and chips."""

from decimal import Decimal

from django import template
from django.utils import formats
from django.utils.html import format_html

TONES = {"neutral", "info", "success", "warning", "danger"}
DASH = "—"

register = template.Library()


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
