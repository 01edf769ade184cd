"""Figures in words: bounds, periods, levels and types as people read them."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Level
from accounts.templatetags.ui import DASH, vn_number
from deadlines.models import MeetingType
from reports.models import Bound
from reports.returned import LeftOut
from reports.sums import ABOUT, Sum

# How the reports themselves write it: "hơn 9.270 lượt", "trên 8.680 ý kiến", "gần 750 lượt".
BOUND_WORDS = {
    (Bound.AT_LEAST, "attendances"): gettext_lazy("more than %(number)s (attendances)"),
    (Bound.AT_LEAST, "opinions"): gettext_lazy("more than %(number)s (opinions)"),
    (Bound.NEARLY, "attendances"): gettext_lazy("nearly %(number)s"),
    (Bound.NEARLY, "opinions"): gettext_lazy("nearly %(number)s"),
    (ABOUT, "attendances"): gettext_lazy("about %(number)s"),
    (ABOUT, "opinions"): gettext_lazy("about %(number)s"),
}
LEFT_OUT_WORDS = {
    LeftOut.PERIOD: gettext_lazy("not included: its period overlaps the chosen one only partly"),
    LeftOut.NESTED: gettext_lazy("not added, wholly or partly: a return of a wider place or period already holds it"),
    LeftOut.NOT_SPLIT: gettext_lazy(
        "not included, wholly or partly: it does not say how much belongs to the chosen level and type"
    ),
}


def bounded_number(number: int | None, bound: str, measure: str) -> str:
    """9270 at least → "hơn 9.270"; nothing known → a dash."""
    if number is None:
        return DASH
    text = vn_number(number)
    words = BOUND_WORDS.get((bound, measure))
    return words % {"number": text} if words else text


def bounded(value: Sum, measure: str) -> str:
    return bounded_number(getattr(value, measure), getattr(value, f"{measure}_bound", Bound.EXACT), measure)


def level_name(level: str) -> str:
    return str(Level(level).label) if level else _("level not stated")


def type_name(meeting_type: str) -> str:
    return str(MeetingType(meeting_type).label) if meeting_type else _("type not stated")


def period_text(day_from: date | None, day_to: date | None) -> str:
    if day_from and day_to:
        return f"{day_from:%d/%m/%Y} – {day_to:%d/%m/%Y}"
    if day_from:
        return _("from %(day)s") % {"day": f"{day_from:%d/%m/%Y}"}
    if day_to:
        return _("to %(day)s") % {"day": f"{day_to:%d/%m/%Y}"}
    return _("all periods")


def why_left_out(why: LeftOut) -> str:
    return str(LEFT_OUT_WORDS[why])
