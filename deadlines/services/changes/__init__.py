"""Changes of the calendar and the rules: proposed, shown with every open deadline that would move, then applied.

``propose_change`` takes plain JSON operations, each naming a service of this app:

    {"op": "add_day", "day": "2027-02-05", "kind": "day_off"|"working_day", "name": …, "decision_number": …,
     "decision_date": iso or null, "locality": pk or null}
    {"op": "edit_day", "pk": …, "version": …, and the fields of add_day}
    {"op": "remove_day", "pk": …, "version": …}
    {"op": "create_regulation", the fields of create_regulation; "replaces" and "jurisdiction" are pks}
    {"op": "edit_regulation", "pk": …, "version": …, and those fields that change}
    {"op": "add_rule", "regulation": pk or null for the one created just before, the fields of add_rule}
    {"op": "edit_rule", "pk": …, "version": …, and those fields that change}
    {"op": "remove_rule", "pk": …, "version": …}

What is refused at the proposal is refused with the service's own sentence and nothing is kept.
"""

from deadlines.services.changes.applying import apply_change, discard_change
from deadlines.services.changes.ledger import moved_by, named
from deadlines.services.changes.operations import hold_changes_off
from deadlines.services.changes.previewing import Preview, last_applied, preview
from deadlines.services.changes.proposing import common_root, propose_change
from deadlines.services.changes.recomputing import catch_up, finish_unfinished, recompute_change

__all__ = [
    "Preview",
    "apply_change",
    "catch_up",
    "common_root",
    "discard_change",
    "finish_unfinished",
    "hold_changes_off",
    "last_applied",
    "moved_by",
    "named",
    "preview",
    "propose_change",
    "recompute_change",
]
