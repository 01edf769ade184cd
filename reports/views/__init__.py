"""Pages of reports, one file for each kind."""

from reports.views.calendar_feed import (
    calendar_feed_ics,
    calendar_feed_new,
    calendar_feed_revoke,
    calendar_feeds,
)
from reports.views.dashboard import dashboard, rows
from reports.views.late import late
from reports.views.obligations import obligation_rows, obligations, obligations_at_risk
from reports.views.returns import (
    return_edit,
    return_import,
    return_list,
    return_new,
    return_page,
    return_remove,
    return_template,
)
from reports.views.work import work

__all__ = [
    "calendar_feed_ics",
    "calendar_feed_new",
    "calendar_feed_revoke",
    "calendar_feeds",
    "dashboard",
    "late",
    "obligation_rows",
    "obligations",
    "obligations_at_risk",
    "return_edit",
    "return_import",
    "return_list",
    "return_new",
    "return_page",
    "return_remove",
    "return_template",
    "rows",
    "work",
]
