"""The board of obligations as it is read: cards and lines, each number with the way to its rows."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.components.words import vn_date, vn_number
from accounts.models import LocalityKind
from deadlines import clock
from deadlines.obligations import TONES, Quota, Standing
from reports.board import Card, Number
from reports.choosing import place_of
from reports.forms import YearForm
from reports.obligations import FIRST_YEAR, Account, Obligations, Row, Summary, obligations
from reports.policies import Area


@dataclass(frozen=True)
class YearChoice:
    """A valid choice of place and year; its address shows the same again."""

    area: Area
    year: int
    on: date
    is_own: bool = False

    def url(self, page: str = "reports:obligations", /, **changes) -> str:
        asked = {"locality": self.area.locality.pk, "year": self.year} | changes
        return f"{reverse(page)}?{urlencode({key: value for key, value in asked.items() if value not in (None, '')})}"

    def rows_url(self, what: str, **keys) -> str:
        return self.url("reports:obligation_rows", what=what, **keys)

    def obligations(self) -> Obligations:
        return obligations(
            locality=self.area.locality,
            year=self.year,
            on=self.on,
            is_subtree=self.area.is_subtree and not self.is_own,
        )


def choose_year(request: HttpRequest) -> tuple[YearChoice, YearForm]:
    """Reads the address. A year that can't be read is told by the form; a foreign place is 404."""
    on = clock.today()
    area, allowed = place_of(request)
    form = YearForm(
        request.GET or None,
        places=[one for one in allowed if one.kind != LocalityKind.RESIDENTIAL_AREA or one.pk == area.locality.pk],
        chosen=area.locality,
        years=range(FIRST_YEAR, on.year + 2),
        default_year=on.year,
    )
    year = on.year
    if form.is_bound and form.is_valid():
        year = form.cleaned_data["year"] or year
    return YearChoice(area, year, on, is_own=request.GET.get("own") == "1"), form


@dataclass(frozen=True)
class MonthCell:
    """One month of reception: a short text, its tone, and what it says in words."""

    name: str
    text: str
    tone: str
    words: str
    url: str = ""


@dataclass(frozen=True)
class QuotaWords:
    """A quota of one place: the law, the numbers with their rows, and how it stands."""

    law: str
    held: Number
    number: str
    planned: Number
    short_by: int
    standing: str
    tone: str


@dataclass(frozen=True)
class Line:
    """A row of the table."""

    name: str
    url: str
    note: str
    quotas: tuple[QuotaWords, ...]
    standings: tuple[tuple[str, Number], ...]  # (tone, "12 met") of the places below
    forecast: str
    months: tuple[MonthCell, ...]
    announcements: Number
    announcement_words: str
    results: Number
    result_words: str


def forecast_words(account: Account) -> str:
    """The forecast of one place as a sentence."""
    if account.standing is None:
        return _("No rule sets a quota of meetings.")
    if account.standing == Standing.MET:
        return _("The quota is met.")
    if account.standing == Standing.MISSED:
        return _("Missed: short by %(number)s.") % {
            "number": vn_number(max(one.quota.missing for one in account.quotas))
        }
    nearest = account.forecast
    if nearest is None:
        if account.standing == Standing.LOST:
            return _("Can't be met: the year has too few working days.")
        return _("Will be met if all planned meetings are held.")
    words = quota_forecast(nearest)
    return (
        f"{words} {_('Provisional: the days off of the year are not confirmed.')}" if account.is_provisional else words
    )


def quota_forecast(quota: Quota) -> str:
    """From when a quota that is short can't be met any more."""
    day = vn_date(quota.lost_from)
    if quota.standing == Standing.LOST:
        return _("Cannot be met any more from %(day)s.") % {"day": day}
    return _("Short by %(number)s: to be announced by %(last)s; cannot be met any more from %(day)s.") % {
        "number": vn_number(quota.short_by),
        "last": vn_date(quota.act_by),
        "day": day,
    }


class ObligationBoard:
    """What the page shows."""

    def __init__(self, choice: YearChoice, found: Obligations):
        self.choice, self.found = choice, found

    @property
    def year(self) -> int:
        return self.found.year

    @property
    def is_empty(self) -> bool:
        return not self.found.rows

    @cached_property
    def cards(self) -> list[Card]:
        total = self.found.total
        short = ngettext("%(n)s meeting in all", "%(n)s meetings in all", total.short_by) % {
            "n": vn_number(total.short_by)
        }
        return [
            self._card(_("With a quota of meetings"), "owing", total.owing, hint=self._unknown_words(total)),
            self._card(_("Quota met"), "met", total.standings[Standing.MET], tone="success"),
            self._card(_("On the way"), "on_the_way", total.standings[Standing.ON_THE_WAY], tone="info"),
            self._card(_("In danger"), "in_danger", total.standings[Standing.IN_DANGER], tone="warning"),
            self._card(_("Missed or lost"), "gone", total.gone, tone="danger"),
            self._card(_("Short of meetings"), "short", total.short, hint=short if total.short_by else ""),
            self._card(_("Too few days of reception"), "receiving_less", total.receiving_less, tone="danger"),
            self._card(_("Announced late or not at all"), "announcements", total.announcements, tone="danger"),
            self._card(_("Results published late or not at all"), "results", total.results, tone="danger"),
        ]

    def _card(self, label: str, what: str, number: int, *, hint: str = "", tone: str = "neutral") -> Card:
        url = self.choice.rows_url(what, **self._own_key(self.choice.is_own))
        return Card(label, vn_number(number), url, "", hint, tone if number else "neutral")

    def _unknown_words(self, total: Summary) -> str:
        if not total.unknown:
            return ""
        return ngettext(
            "%(n)s locality has no unit on the system", "%(n)s localities have no unit on the system", total.unknown
        ) % {"n": vn_number(total.unknown)}

    @property
    def unknown(self) -> Number | None:
        """The places that nothing is known of."""
        number = self.found.total.unknown
        return Number(self._unknown_words(self.found.total), self.choice.rows_url("unknown")) if number else None

    @staticmethod
    def _own_key(is_own: bool) -> dict[str, str]:
        return {"own": "1"} if is_own else {}

    # --- lines ---

    def lines(self, rows: list[Row]) -> list[Line]:
        return [self._line(row) for row in rows]

    def _line(self, row: Row) -> Line:
        summary, keys = row.summary, {"locality": row.place.pk} | self._own_key(row.is_own)
        is_here = row.place.pk == self.choice.area.locality.pk
        account = row.account
        return Line(
            name=row.place.name,
            url="" if is_here else self.choice.url(locality=row.place.pk),
            note=self._note(row),
            quotas=tuple(self._quota(account, one, keys) for one in account.quotas) if account else (),
            standings=() if account else self._standings(summary, keys),
            forecast=forecast_words(account) if account else self._forecast(summary),
            months=self._months_of(account, keys) if account else self._months(summary, keys),
            announcements=self._number(summary.announcements, "announcements", keys),
            announcement_words=self._two(summary.announced_late, _("late"), summary.not_announced, _("not announced")),
            results=self._number(summary.results, "results", keys),
            result_words=self._two(summary.published_late, _("late"), summary.not_published, _("not published")),
        )

    def _note(self, row: Row) -> str:
        if row.account:
            return _("own obligations") if row.is_own and self.choice.area.locality.kind != "commune" else ""
        return self._unknown_words(row.summary)

    @staticmethod
    def _two(first: int, first_word: str, second: int, second_word: str) -> str:
        named = ((first, first_word), (second, second_word))
        return " · ".join(f"{vn_number(number)} {word}" for number, word in named if number)

    def _number(self, number: int, what: str, keys: dict) -> Number:
        return Number(vn_number(number), self.choice.rows_url(what, **keys) if number else "")

    def _quota(self, account: Account, one, keys: dict) -> QuotaWords:
        keys = keys | {"rule": one.rule.pk}
        quota = one.quota
        return QuotaWords(
            law=one.rule.law,
            held=self._number(quota.held, "held", keys),
            number=vn_number(quota.number),
            planned=self._number(quota.planned, "planned", keys),
            short_by=quota.short_by,
            standing=str(quota.standing.label),
            tone=quota.tone,
        )

    def _standings(self, summary: Summary, keys: dict) -> tuple[tuple[str, Number], ...]:
        named = [
            ("danger", "gone", summary.gone, _("%(n)s missed or lost")),
            ("warning", "in_danger", summary.standings[Standing.IN_DANGER], _("%(n)s in danger")),
            ("info", "on_the_way", summary.standings[Standing.ON_THE_WAY], _("%(n)s on the way")),
            ("success", "met", summary.standings[Standing.MET], _("%(n)s met")),
        ]
        return tuple(
            (tone, Number(words % {"n": vn_number(number)}, self.choice.rows_url(what, **keys)))
            for tone, what, number, words in named
            if number
        )

    def _forecast(self, summary: Summary) -> str:
        if not summary.owing:
            return ""
        if summary.next_lost:
            day, number = summary.next_lost
            return ngettext(
                "%(n)s locality cannot meet its quota any more from %(day)s.",
                "%(n)s localities cannot meet their quota any more from %(day)s.",
                number,
            ) % {"n": vn_number(number), "day": vn_date(day)}
        if summary.gone:
            return _("Short by %(number)s in all.") % {"number": vn_number(summary.short_by)}
        return _("All quotas are met or planned.")

    def _months_of(self, account: Account, keys: dict) -> tuple[MonthCell, ...]:
        """Days received of those required."""
        if account.reception is None:
            return ()
        cells = []
        for month, quota in enumerate(account.reception.months, start=1):
            name = f"T{month}"
            if quota is None:
                cells.append(MonthCell(name, "–", "none", _("nothing owed")))
                continue
            is_to_come = date(self.year, month, 1) > self.found.on and not quota.held
            text = f"{vn_number(quota.held)}/{vn_number(quota.number)}"
            words = str(quota.standing.label)
            if quota.act_by and quota.standing in (Standing.IN_DANGER, Standing.LOST):
                words = _("cannot be met any more from %(day)s") % {"day": vn_date(quota.lost_from)}
            url = self.choice.rows_url("receptions", month=month, **keys) if quota.held else ""
            cells.append(MonthCell(name, text, "none" if is_to_come else TONES[quota.standing], words, url))
        return tuple(cells)

    def _months(self, summary: Summary, keys: dict) -> tuple[MonthCell, ...]:
        """Places that fell short."""
        cells = []
        for month, counted in enumerate(summary.months, start=1):
            name = f"T{month}"
            if counted is None:
                cells.append(MonthCell(name, "–", "none", _("nothing owed")))
                continue
            _met, owing, gone = counted
            if date(self.year, month, 1) > self.found.on:
                cells.append(MonthCell(name, "·", "none", _("to come")))
                continue
            words = _("%(gone)s of %(owing)s localities fall short") % {
                "gone": vn_number(gone),
                "owing": vn_number(owing),
            }
            url = self.choice.rows_url("month_gone", month=month, **keys) if gone else ""
            cells.append(MonthCell(name, vn_number(gone), "danger" if gone else "success", words, url))
        return tuple(cells) if any(summary.months) else ()
