"""The returns that localities published in the press, kept with the project as data."""

import json
from datetime import date
from pathlib import Path

from django.db import transaction

from accounts.models import Locality, User
from audit.services import record
from reports.models import Return, ReturnField, ReturnRow
from reports.places import find_locality

FILE = Path(__file__).parent / "data" / "published_returns.json"


def published() -> dict:
    """``{"returns": […], "regulations": […]}`` as they stand in the file."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def locality_of(entry: dict) -> Locality:
    """The locality that an entry of the file names; it has to exist."""
    place = entry["locality"]
    above = [place[key] for key in ("district",) if key in place]
    return find_locality(", ".join([place["name"], *above]), province=place["province"])


@transaction.atomic
def load_published_returns(*, actor: User | None = None) -> list[Return]:
    """Creates the returns that are not there yet, and gives all of them. What somebody edited since stays."""
    returns = []
    for entry in published()["returns"]:
        key = {
            "locality": locality_of(entry),
            "period_from": date.fromisoformat(entry["period_from"]),
            "period_to": date.fromisoformat(entry["period_to"]),
            "source": entry["source"],
        }
        values = {
            "is_period_approximate": entry["is_period_approximate"],
            "note": entry["note"],
            "other_figures": entry.get("other_figures", {}),
            "entered_by": actor,
            **entry["totals"],
        }
        one, is_new = Return.objects.get_or_create(**key, defaults=values)
        if is_new:
            ReturnRow.objects.bulk_create([ReturnRow(return_record=one, **row) for row in entry["rows"]])
            ReturnField.objects.bulk_create(
                [
                    ReturnField(return_record=one, position=n, field_name=row["field"], opinions=row["opinions"])
                    for n, row in enumerate(entry["fields"])
                ]
            )
            record(actor=actor, verb="enter_return", target=one, sentence=f"đã nhập số liệu tổng hợp: {one.source}")
        returns.append(one)
    return returns
