"""What stands behind each number of the board of obligations: places or meetings."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy

from accounts.components.words import vn_number
from deadlines.obligations import TONES, Quota, Standing
from meetings.quotas import counted_types
from reports.obligation_board import YearChoice, forecast_words
from reports.obligations import MEETINGS_BEHIND, Account, Obligations
from reports.obligations.accounts import GONE

# The places behind a number: those of an account for which the condition holds.
PLACES_BEHIND = {
    "owing": lambda one, month: one.standing is not None,
    "met": lambda one, month: one.standing == Standing.MET,
    "on_the_way": lambda one, month: one.standing == Standing.ON_THE_WAY,
    "in_danger": lambda one, month: one.standing == Standing.IN_DANGER,
    "gone": lambda one, month: one.standing in GONE,
    "short": lambda one, month: one.short_by > 0,
    "receiving_less": lambda one, month: one.months_gone > 0,
    "month_gone": lambda one, month: _of_month(one, month) is not None and _of_month(one, month).standing in GONE,
}
TITLES = {
    "owing": gettext_lazy("Localities with a quota of meetings"),
    "met": gettext_lazy("Localities that met their quota"),
    "on_the_way": gettext_lazy("Localities on the way to their quota"),
    "in_danger": gettext_lazy("Localities in danger of missing their quota"),
    "gone": gettext_lazy("Localities that missed or can't meet their quota any more"),
    "short": gettext_lazy("Localities short of meetings"),
    "receiving_less": gettext_lazy("Localities with too few days of reception"),
    "month_gone": gettext_lazy("Localities with too few days of reception in the month"),
    "unknown": gettext_lazy("Localities that have no unit on the system"),
    "held": gettext_lazy("Meetings held"),
    "planned": gettext_lazy("Meetings planned"),
    "announced_late": gettext_lazy("Meetings announced too late"),
    "not_announced": gettext_lazy("Meetings not announced in time"),
    "announcements": gettext_lazy("Meetings announced too late or not at all"),
    "published_late": gettext_lazy("Results published too late"),
    "not_published": gettext_lazy("Results not published though the limit has passed"),
    "results": gettext_lazy("Results published too late or not at all"),
    "receptions": gettext_lazy("Days on which citizens were received"),
}
NEEDS_MONTH = {"month_gone"}


def _of_month(account: Account, month: int | None) -> Quota | None:
    return account.reception.months[month - 1] if account.reception and month else None


@dataclass(frozen=True)
class PlaceRow:
    """A place behind a number."""

    name: str
    url: str
    standing: str
    tone: str
    counted: str
    short_by: int
    forecast: str
    months_gone: int


def read_keys(request: HttpRequest) -> tuple[str, int | None, int | None]:
    """(what, month, rule) of an address of rows; 404 when it names no number."""
    what, month, rule = (request.GET.get(name, "") for name in ("what", "month", "rule"))
    if what not in TITLES or "\x00" in month + rule:
        raise Http404
    numbers = []
    for value, least, most in ((month, 1, 12), (rule, 1, 2**62)):
        if value and not (value.isdecimal() and len(value) < 19 and least <= int(value) <= most):
            raise Http404
        numbers.append(int(value) if value else None)
    if what in NEEDS_MONTH and numbers[0] is None:
        raise Http404
    return what, *numbers


def rows_of(choice: YearChoice, found: Obligations, what: str, month: int | None, rule: int | None):
    """What stands behind a number, to be paged: places, or meetings."""
    if what == "unknown":
        return [PlaceRow(one.name, choice.url(locality=one.pk), "", "neutral", "", 0, "", 0) for one in found.unknown]
    if what in PLACES_BEHIND:
        chosen = [one for one in found.accounts if PLACES_BEHIND[what](one, month)]
        return [_place_row(choice, one) for one in sorted(chosen, key=lambda one: one.worst)]
    types = None
    if rule is not None:
        asked = next((one.rule for account in found.accounts for one in account.quotas if one.rule.pk == rule), None)
        if asked is None:
            raise Http404
        types = counted_types(asked)
    return found.meetings(what, types=types, month=month)


def _place_row(choice: YearChoice, one: Account) -> PlaceRow:
    return PlaceRow(
        name=one.owner.name,
        url=choice.url(locality=one.owner.pk),
        standing=str(one.standing.label) if one.standing else "",
        tone=TONES[one.standing] if one.standing else "neutral",
        counted=" · ".join(f"{vn_number(each.quota.held)}/{vn_number(each.quota.number)}" for each in one.quotas),
        short_by=one.short_by,
        forecast=forecast_words(one),
        months_gone=one.months_gone,
    )


def is_of_meetings(what: str) -> bool:
    return what in MEETINGS_BEHIND or what == "receptions"
