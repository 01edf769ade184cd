"""Which place, period, level and type a person looks at: read from the address, checked against what they may see."""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.db.models import F, Q, Subquery
from django.http import Http404, HttpRequest
from django.urls import reverse

from accounts.models import Locality, User
from deadlines import clock
from reports.figures import Figures, figures
from reports.forms import ChoiceForm
from reports.periods import Preset, days_of
from reports.policies import Area, area_for


@dataclass(frozen=True)
class Choice:
    """A valid choice; its ``query`` is the address that shows the same again."""

    area: Area
    preset: str
    period_from: date | None
    period_to: date | None
    level: str = ""
    meeting_type: str = ""
    on: date = date.min

    @property
    def query(self) -> dict[str, str]:
        asked = {"locality": str(self.area.locality.pk), "period": self.preset}
        if self.preset == Preset.CUSTOM:
            days = {"from": self.period_from, "to": self.period_to}
            asked |= {name: f"{day:%d/%m/%Y}" for name, day in days.items() if day}
        asked |= {name: value for name, value in (("level", self.level), ("type", self.meeting_type)) if value}
        return asked

    def url(self, page: str = "reports:dashboard", /, **changes) -> str:
        asked = {key: str(value) for key, value in (self.query | changes).items() if value not in {None, ""}}
        return f"{reverse(page)}?{urlencode(asked)}"

    def rows_url(self, what: str, **keys) -> str:
        return self.url("reports:rows", what=what, **keys)

    def figures(self, *, compare: bool = False) -> Figures:
        return figures(
            locality=self.area.locality,
            is_subtree=self.area.is_subtree,
            period_from=self.period_from,
            period_to=self.period_to,
            level=self.level,
            meeting_type=self.meeting_type,
            on=self.on,
            compare=compare,
        )


def _own_localities(user: User) -> list[Locality]:
    """The places of the person's units, the widest first."""
    places = {m.unit.locality_id: m.unit.locality for m in user.scope.memberships}
    return sorted(places.values(), key=lambda one: (len(one.path), one.path))


def around(pk: int | None) -> list[Locality]:
    """The locality, those above it and those right below it, in one query; the country's without a key."""
    chosen = (Locality.objects.filter(pk=pk) if pk else Locality.objects.filter(depth=1)).order_by("path")
    is_below = Q(path__startswith=F("chosen"), depth__lte=F("chosen_depth") + 1)
    found = Locality.objects.annotate(
        chosen=Subquery(chosen.values("path")[:1]), chosen_depth=Subquery(chosen.values("depth")[:1])
    ).filter(is_below | Q(chosen__startswith=F("path")))
    return list(found)


def place_of(request: HttpRequest) -> tuple[Area, list[Locality]]:
    """The place that the address names, the person's own without one, and those to choose from; a foreign one is 404."""
    user = request.user
    own = _own_localities(user)
    pk = request.GET.get("locality", "")
    if pk and not (pk.isdecimal() and len(pk) < 10):
        raise Http404
    asked = int(pk) if pk else (own[0].pk if own else None)
    near = around(asked)
    locality = next((one for one in near if one.path == one.chosen), None)
    area = area_for(user, locality) if locality else None
    if area is None:
        raise Http404
    allowed = [one for one in near if area_for(user, one)]
    allowed += [one for one in own if one.pk not in {a.pk for a in allowed}]
    return area, allowed


def choose(request: HttpRequest) -> tuple[Choice, ChoiceForm]:
    """Reads the address. An unreadable part of it is told by the form, and the rest holds; a foreign place is 404."""
    on = clock.today()
    area, allowed = place_of(request)
    locality = area.locality
    default = Preset.ALL if locality.abolished_on else Preset.YEAR
    form = ChoiceForm(request.GET or None, places=allowed, chosen=locality, default_period=default)
    choice = Choice(area, default, *days_of(default, on=on), on=on)
    if form.is_bound:
        form.is_valid()
        data = form.cleaned_data
        preset = data.get("period") or default
        days = days_of(preset, on=on)
        if preset == Preset.CUSTOM:
            days = (data.get("from"), data.get("to"))
        if not form.errors:
            choice = replace(choice, preset=preset, period_from=days[0], period_to=days[1])
        choice = replace(choice, level=data.get("level", ""), meeting_type=data.get("type", ""))
    return choice, form
