"""What an applied change has moved, as the ledger has it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from deadlines.models import Change, Move
from deadlines.open_deadlines import Described, PlannedMove, source_of

BATCH = 500


def chunks(things: Iterable, size: int) -> Iterator[list]:
    things = iter(things)
    while chunk := list(islice(things, size)):
        yield chunk


def moved_by(change: Change, **narrowed) -> Iterator[PlannedMove]:
    """The moves of the change in the order of their new day, each with the names of its record."""
    rows = Move.objects.filter(change=change, **narrowed).order_by("due_on_before", "pk")
    for batch in chunks(rows.iterator(chunk_size=BATCH), BATCH):
        yield from named(batch)


def named(rows: Iterable[Move]) -> list[PlannedMove]:
    """Ledger rows with what is due, of whom and where; one set of queries for each sort of record."""
    rows = list(rows)
    ids = defaultdict(list)
    for row in rows:
        ids[row.target_type, row.obligation].append(row.target_id)
    found = {key: source_of(key[0]).described(obligation=key[1], ids=targets) for key, targets in sorted(ids.items())}
    unknown = Described("—", "—", "")
    return [_planned(row, found[row.target_type, row.obligation].get(row.target_id, unknown)) for row in rows]


def _planned(row: Move, one: Described) -> PlannedMove:
    return PlannedMove(
        target_type=row.target_type,
        target_id=row.target_id,
        obligation=row.obligation,
        title=one.title,
        unit=one.unit,
        url=one.url,
        due_on_before=row.due_on_before,
        due_on_after=row.due_on_after,
    )
