"""What is written here: returns of past periods, and the private addresses of personal calendars."""

from reports.services.feeds import create_feed, note_reading, revoke_feed
from reports.services.returns import (
    ImpossibleFigures,
    edit_return,
    enter_return,
    import_returns,
    overlapping,
    reasons_against,
    remove_return,
)

__all__ = [
    "ImpossibleFigures",
    "create_feed",
    "edit_return",
    "enter_return",
    "import_returns",
    "note_reading",
    "overlapping",
    "reasons_against",
    "remove_return",
    "revoke_feed",
]
