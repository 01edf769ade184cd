"""Writing returns: entering, changing, removing. A return that can't be true is refused with the reasons."""

from dataclasses import asdict

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError, StaleVersion
from accounts.models import User
from accounts.policies import require
from audit.services import record
from deadlines import clock
from reports.checks import Entry, problems
from reports.models import Return, ReturnField, ReturnRow
from reports.policies import may_change, may_enter_for
from reports.returned import Coverage
from reports.sums import MEASURES


class ImpossibleFigures(ServiceError):
    """The figures contradict each other or another return; ``sentences`` says how."""

    def __init__(self, sentences: list[str]):
        super().__init__(" ".join(sentences))
        self.sentences = sentences


def _covers_of(one: Return) -> list[Coverage]:
    entry = Entry(
        values={name: getattr(one, name) for name in MEASURES},
        rows=[
            {"level": row.level, "meeting_type": row.meeting_type, "is_part_of_total": row.is_part_of_total}
            for row in one.rows.all()
        ],
    )
    return entry.covers(one.locality.path, one.period_from, one.period_to)


def overlapping(entry: Entry, *, leave_out: int | None = None) -> Return | None:
    """A return of the same locality that already speaks of the same period, level and type."""
    values = entry.values
    near = (
        Return.objects.filter(
            locality=values["locality"], period_from__lte=values["period_to"], period_to__gte=values["period_from"]
        )
        .exclude(pk=leave_out)
        .select_related("locality")
        .prefetch_related("rows")
    )
    covers = entry.covers(values["locality"].path, values["period_from"], values["period_to"])
    for other in near:
        if any(cover.overlaps(theirs) for cover in covers for theirs in _covers_of(other)):
            return other
    return None


def reasons_against(entry: Entry, *, leave_out: int | None = None) -> list[str]:
    """Why the return would be refused; empty when it is fine."""
    found = problems(entry, today=clock.today())
    if found:
        return found
    other = overlapping(entry, leave_out=leave_out)
    if other is None:
        return []
    return [
        _("There is a return for the same level and type in an overlapping period already: %(other)s (%(source)s).")
        % {"other": other, "source": other.source}
    ]


def _check(entry: Entry, *, leave_out: int | None = None) -> None:
    found = reasons_against(entry, leave_out=leave_out)
    if found:
        raise ImpossibleFigures(found)


def _write_rows(one: Return, entry: Entry) -> None:
    ReturnRow.objects.bulk_create([ReturnRow(return_record=one, **row) for row in entry.rows])
    ReturnField.objects.bulk_create(
        [ReturnField(return_record=one, position=n, **row) for n, row in enumerate(entry.fields)]
    )


@transaction.atomic
def enter_return(*, actor: User, entry: Entry) -> Return:
    require(may_enter_for(actor, entry.values["locality"]))
    # Two people entering the same return at once: the second waits here and then meets the first one's.
    type(entry.values["locality"]).objects.select_for_update().get(pk=entry.values["locality"].pk)
    _check(entry)
    one = Return.objects.create(entered_by=actor, **entry.values)
    _write_rows(one, entry)
    record(actor=actor, verb="enter_return", target=one, sentence=f"đã nhập số liệu tổng hợp {one}", data=_data(entry))
    return one


@transaction.atomic
def edit_return(one: Return, *, actor: User, version: int, entry: Entry) -> Return:
    saved = Return.objects.select_for_update(of=("self",)).select_related("locality").get(pk=one.pk)
    require(may_change(actor, saved))
    require(may_enter_for(actor, entry.values["locality"]))
    if saved.version != version:
        raise StaleVersion(_("Somebody else changed this return meanwhile."), current=saved)
    _check(entry, leave_out=saved.pk)
    for name, value in entry.values.items():
        setattr(saved, name, value)
    saved.version += 1
    saved.save()
    saved.rows.all().delete()
    saved.by_field.all().delete()
    _write_rows(saved, entry)
    record(
        actor=actor, verb="edit_return", target=saved, sentence=f"đã sửa số liệu tổng hợp {saved}", data=_data(entry)
    )
    return saved


@transaction.atomic
def remove_return(one: Return, *, actor: User) -> None:
    saved = Return.objects.select_for_update(of=("self",)).select_related("locality").get(pk=one.pk)
    require(may_change(actor, saved))
    record(
        actor=actor,
        verb="remove_return",
        target=saved,
        sentence=f"đã xóa số liệu tổng hợp {saved}, nguồn: {saved.source}",
        data={name: getattr(saved, name) for name in MEASURES},
    )
    saved.delete()


@transaction.atomic
def import_returns(*, actor: User, entries: list[Entry]) -> list[Return]:
    """All of them or none."""
    return [enter_return(actor=actor, entry=entry) for entry in entries]


def _data(entry: Entry) -> dict:
    values = asdict(entry)
    return {
        "totals": {name: entry.values.get(name) for name in MEASURES},
        "rows": values["rows"],
        "fields": values["fields"],
    }
