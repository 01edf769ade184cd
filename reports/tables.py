"""A return as a table: its rows, its total, and what it does not say as a dash."""

from dataclasses import dataclass, field

from django.utils.text import capfirst

from reports.checks import Entry
from reports.models import Return, ReturnRow
from reports.returned import total_of
from reports.sums import MEASURES
from reports.words import bounded_number, level_name, type_name

BOUNDS = ("attendances_bound", "opinions_bound")


@dataclass
class TableRow:
    label: str
    numbers: list[str]
    note: str = ""
    is_of_which: bool = False


@dataclass
class Table:
    rows: list[TableRow] = field(default_factory=list)
    total: TableRow | None = None


def _numbers(one) -> list[str]:
    return [bounded_number(getattr(one, name), getattr(one, f"{name}_bound", "exact"), name) for name in MEASURES]


def _label(row: ReturnRow) -> str:
    return capfirst(f"{level_name(row.level)} · {type_name(row.meeting_type)}")


def return_table(record: Return) -> Table:
    rows = list(record.rows.all())
    shown = [
        TableRow(
            _label(row),
            _numbers(row),
            " · ".join(
                filter(None, [row.label, row.sector if row.sector not in row.label else "", row.get_mode_display()])
            ),
            is_of_which=not row.is_part_of_total,
        )
        for row in rows
    ]
    return Table(shown, TableRow("", _numbers(total_of(record, [row for row in rows if row.is_part_of_total]))))


def draft_table(entry: Entry) -> Table:
    """An imported return before it is saved."""
    record = Return(**{key: value for key, value in entry.values.items() if key in {*MEASURES, *BOUNDS}})
    rows = [ReturnRow(**row) for row in entry.rows]
    shown = [TableRow(_label(row), _numbers(row), row.label, is_of_which=not row.is_part_of_total) for row in rows]
    return Table(shown, TableRow("", _numbers(total_of(record, [row for row in rows if row.is_part_of_total]))))
