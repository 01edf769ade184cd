"""Every write to notices, as a verb."""

from notices.services.approving import approve_notice, return_notice, submit_notice
from notices.services.drafting import draft_notice, save_draft
from notices.services.extending import (
    conclusion_snapshots,
    decide_notice_extension,
    latest_day,
    latest_extension,
    request_notice_extension,
)
from notices.services.issuing import issue_notice
from notices.services.progress import latest_promise, next_post_due, post_progress
from notices.services.publishing import publish_notice

__all__ = [
    "approve_notice",
    "conclusion_snapshots",
    "decide_notice_extension",
    "draft_notice",
    "issue_notice",
    "latest_day",
    "latest_extension",
    "latest_promise",
    "next_post_due",
    "post_progress",
    "publish_notice",
    "request_notice_extension",
    "return_notice",
    "save_draft",
    "submit_notice",
]
