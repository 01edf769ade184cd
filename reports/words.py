"""Figures in words: bounds, periods, levels and types as people read them."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.components.words import DASH, vn_number
from accounts.models import Level
from deadlines.models import MeetingType
from feedback.models import Category, Competence, Resolution
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


ROW_TITLES = {
    "meetings": gettext_lazy("Meetings"),
    "attendances": gettext_lazy("Attendances"),
    "speeches": gettext_lazy("Speeches"),
    "opinions": gettext_lazy("Opinions"),
    "answered": gettext_lazy("Opinions answered"),
    "overdue": gettext_lazy("Overdue now"),
    "overdue_notices": gettext_lazy("Conclusion notices overdue now"),
    "overdue_assignments": gettext_lazy("Replies of departments overdue now"),
    "notices": gettext_lazy("Conclusion notices"),
    "assignments": gettext_lazy("Matters given to departments"),
    "opinion_state": gettext_lazy("Opinions"),
    "category": gettext_lazy("Opinions by category"),
    "competence": gettext_lazy("Opinions by competence"),
    "resolution": gettext_lazy("Opinions by outcome"),
    "statutory": gettext_lazy("Complaints and denunciations"),
    "field": gettext_lazy("Opinions by field"),
}
KEY_WORDS = {
    "on_time": gettext_lazy("on time"),
    "late": gettext_lazy("late"),
    "pending": gettext_lazy("not yet due"),
    "overdue": gettext_lazy("overdue"),
    "on_the_spot": gettext_lazy("answered at the meeting"),
    "in_writing": gettext_lazy("answered in writing"),
    "transferred": gettext_lazy("transferred to the competent body"),
}


def rows_title(what: str, keys: dict[str, str]) -> str:
    """What the rows of a figure are, in words."""
    title = str(ROW_TITLES.get(what, ""))
    key = keys.get("key", "")
    words = []
    if what == "field":
        words.append(keys.get("name", ""))
    elif what == "opinion_state" and key == "pending":
        words.append(_("waiting for an answer"))
    elif what in {"category", "statutory", "competence", "resolution"}:
        names = {"competence": Competence, "resolution": Resolution}.get(what, Category)
        words += [str(names(key).label)] if key in names.values else []
    elif key in KEY_WORDS:
        words.append(str(KEY_WORDS[key]))
    for name, names, unknown in (
        ("cell_level", Level, _("level not stated")),
        ("cell_type", MeetingType, _("type not stated")),
    ):
        value = keys.get(name)
        if value is not None:
            words.append(str(names(value).label) if value in names.values else unknown)
    return ": ".join([title, ", ".join(words)]) if words else title
