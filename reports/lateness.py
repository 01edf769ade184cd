"""The late board: every late notice and reply a person may see, the latest first, in working days of each place."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Locality, Unit, User
from deadlines.counting import Calendar, working_days_between
from deadlines.models import MeetingType
from deadlines.services import working_calendars
from feedback.models import Assignment
from meetings.models import Meeting
from notices.models import ProgressPost
from notices.services import next_post_due

NOTICES, REPLIES = "notices", "replies"
PER_PAGE = 50


class Late(NamedTuple):
    """One late deadline: plain values, so that thousands of them are sorted in no time."""

    pk: int
    due_on: date
    path: str
    locality: int
    unit: int
    meeting_type: str


class Place(NamedTuple):
    """What ``working_calendars`` asks of a locality."""

    path: str


def late_notices(user: User, *, on: date) -> list[Late]:
    found = Meeting.objects.visible_to(user).overdue(on=on).order_by()
    keys = ("pk", "conclusion_due_on", "locality__path", "locality_id", "host_unit_id", "meeting_type")
    return [Late(*values) for values in found.values_list(*keys)]


def late_replies(user: User, *, on: date) -> list[Late]:
    meeting = "opinion__meeting"
    found = Assignment.objects.visible_to(user).overdue(on=on).order_by()
    keys = (
        "pk",
        "due_on",
        f"{meeting}__locality__path",
        f"{meeting}__locality_id",
        "lead_department_id",
        f"{meeting}__meeting_type",
    )
    return [Late(*values) for values in found.values_list(*keys)]


SOURCES = {NOTICES: late_notices, REPLIES: late_replies}


class Measure:
    """Working days late by the calendar of each place. Each calendar meets each due day once."""

    def __init__(self, on: date, calendars: dict[str, Calendar]):
        self.on, self.calendars = on, calendars
        self._known: dict[tuple[int, date], int] = {}

    @classmethod
    def over(cls, paths: Iterable[str], *, on: date) -> "Measure":
        """One query, however many places."""
        return cls(on, working_calendars([Place(path) for path in set(paths)]))

    def days(self, due_on: date, path: str) -> int:
        """Late is late: a due day just before days off is one working day late at least."""
        calendar = self.calendars[path]
        # Places without days off of their own share a calendar.
        key = id(calendar), due_on
        if key not in self._known:
            self._known[key] = max(1, working_days_between(due_on, self.on, calendar))
        return self._known[key]


class LateForm(forms.Form):
    """The filters; they live in the address."""

    locality = forms.ChoiceField(label=gettext_lazy("Locality"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)

    def __init__(self, data, *, localities, units):
        super().__init__(data)
        self.fields["locality"].choices = [("", _("All localities")), *localities]
        self.fields["unit"].choices = [("", _("All units")), *units]
        self.fields["type"].choices = [("", _("All types")), *MeetingType.choices]


@dataclass(frozen=True)
class Row:
    """A line of the board. ``record`` is the meeting or the assignment."""

    record: Meeting | Assignment
    days: int
    posts: tuple[ProgressPost, ...] = ()
    next_post_on: date | None = None
    is_post_due: bool = False

    @property
    def promised_on(self) -> date | None:
        """What was promised last."""
        return self.posts[-1].promised_on if self.posts else None

    @property
    def number_of_promises(self) -> int:
        return len(self.posts)


class LateBoard:
    """One tab of the board, filtered as the address says. Eight queries at most, however many are late."""

    def __init__(self, user: User, data, *, on: date):
        self.user, self.on = user, on
        self.kind = data.get("kind") if data.get("kind") in SOURCES else NOTICES
        self.all = SOURCES[self.kind](user, on=on)
        self.form = LateForm(data, localities=self._localities(data), units=self._units(data))
        self.is_valid = self.form.is_valid()

    @staticmethod
    def _number(data, name: str) -> int:
        """A link may name a place or unit without late ones; the rows stay those of the scope."""
        text = str(data.get(name) or "")
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0

    def _localities(self, data) -> list[tuple[str, str]]:
        paths = {late.path for late in self.all}
        roots = tuple(self.user.scope.subtree_paths)
        above = {path[:end] for path in paths for end in range(Locality.steplen, len(path), Locality.steplen)}
        above = {path for path in above if self.user.scope.is_system_admin or path.startswith(roots or ("/",))}
        found = Locality.objects.filter(path__in=paths | above) | Locality.objects.filter(
            pk=self._number(data, "locality")
        )
        self._paths = {}
        choices = []
        for pk, name, path in found.order_by("path").values_list("pk", "name", "path"):
            self._paths[str(pk)] = path
            choices.append((str(pk), name))
        return choices

    def _units(self, data) -> list[tuple[str, str]]:
        wanted = {late.unit for late in self.all} | {self._number(data, "unit")}
        found = Unit.objects.filter(pk__in=wanted).order_by("name", "pk")
        return [(str(pk), f"{name}, {place}") for pk, name, place in found.values_list("pk", "name", "locality__name")]

    @cached_property
    def chosen(self) -> list[Late]:
        asked = self.form.cleaned_data if self.is_valid else {}
        path = self._paths.get(asked.get("locality"), "")
        unit, meeting_type = asked.get("unit"), asked.get("type")
        return [
            late
            for late in self.all
            if late.path.startswith(path)
            and (not unit or late.unit == int(unit))
            and (not meeting_type or late.meeting_type == meeting_type)
        ]

    @cached_property
    def measure(self) -> Measure:
        return Measure.over((late.path for late in self.chosen), on=self.on)

    @cached_property
    def ordered(self) -> list[Late]:
        """The latest first; of equals the one due earlier."""
        return sorted(self.chosen, key=lambda late: (-self.measure.days(late.due_on, late.path), late.due_on, late.pk))

    def page(self, number) -> Page:
        page = Paginator(self.ordered, PER_PAGE).get_page(number)
        shown = list(page.object_list)
        records = self._records([late.pk for late in shown])
        page.object_list = [self._row(late, records[late.pk]) for late in shown if late.pk in records]
        return page

    def _records(self, ids: list[int]) -> dict:
        if self.kind == REPLIES:
            found = Assignment.objects.select_related("lead_department", "opinion__meeting__locality")
        else:
            found = Meeting.objects.select_related("locality", "host_unit", "notice").prefetch_related(
                Prefetch("progress_posts", ProgressPost.objects.order_by("at", "pk"), to_attr="posts")
            )
        return found.in_bulk(ids)

    def _row(self, late: Late, record) -> Row:
        days = self.measure.days(late.due_on, late.path)
        if self.kind == REPLIES:
            return Row(record, days)
        posts = tuple(record.posts)
        last = posts[-1].posted_on if posts else None
        due = next_post_due(late.due_on, last, self.measure.calendars[late.path])
        return Row(record, days, posts, due, due <= self.on)
