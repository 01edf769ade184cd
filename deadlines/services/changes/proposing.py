"""Puts a change up for review."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Locality, User
from audit.models import Event
from audit.services import record
from deadlines.models import Change, ChangeKind
from deadlines.services.changes.operations import CALENDAR_OPERATIONS, Carried, carry_out_one, undone
from deadlines.services.changes.wording import words_of


def common_root(places: Iterable[Locality | None]) -> Locality | None:
    """The nearest place that holds them all; None as soon as one of them is the whole country."""
    paths = []
    for place in places:
        if place is None:
            return None
        paths.append(place.path)
    shared = paths[0] if paths else ""
    for path in paths[1:]:
        while not path.startswith(shared):
            shared = shared[: -Locality.steplen]
    return Locality.objects.get(path=shared) if shared else None


@transaction.atomic
def propose_change(
    *,
    kind: str,
    operations: list[dict],
    title: str = "",
    locality: Locality | None,
    proposed_by: User,
    file_name: str = "",
) -> Change:
    """Keeps the operations for review once they could be carried out; else says why not, and keeps nothing.

    ``locality`` is the root of all that they may touch, None the whole country. Each kept operation gets ``words`` (what
    it does, in sentences) and ``days`` (the calendar days it touches) beside what was given. Without a ``title`` the first
    of the words is it.
    """
    if kind not in ChangeKind.values or any(
        (operation.get("op") in CALENDAR_OPERATIONS) != (kind == ChangeKind.CALENDAR) for operation in operations
    ):
        raise ServiceError(_("The change can't be read: propose it again."))
    if not operations:
        raise ServiceError(_("There is nothing to change."))
    rehearsed = _rehearsed(operations, locality=locality, actor=proposed_by)
    change = Change.objects.create(
        kind=kind,
        operations=rehearsed,
        title=(title.strip() or rehearsed[0]["words"][0].removesuffix("."))[:300],
        file_name=file_name[:255],
        locality=locality,
        proposed_by=proposed_by,
    )
    record(
        actor=proposed_by,
        verb="propose_change",
        target=change,
        sentence=f"đã đề xuất thay đổi: {change.title}",
        data={"operations": [line for operation in change.operations for line in operation["words"]]},
    )
    return change


def _rehearsed(operations: list[dict], *, locality: Locality | None, actor: User) -> list[dict]:
    kept, carried = [], Carried()
    with undone():
        for operation in operations:
            newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            carried.days.clear()
            carry_out_one(operation, actor=actor, carried=carried)
            events = Event.objects.filter(pk__gt=newest, actor=actor).order_by("pk")
            kept.append(
                operation | {"words": words_of(events), "days": sorted(day.isoformat() for day in carried.days)}
            )
        _require_within(locality, carried.places)
    return kept


def _require_within(locality: Locality | None, places: list[Locality | None]) -> None:
    if locality is None:
        return
    if any(place is None or not place.path.startswith(locality.path) for place in places):
        raise ServiceError(_("The change reaches beyond %(place)s.") % {"place": locality})
