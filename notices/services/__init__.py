"""Every write to notices, as a verb."""

from notices.services.approving import approve_notice, return_notice, submit_notice
from notices.services.drafting import draft_notice, save_draft
from notices.services.issuing import issue_notice
from notices.services.publishing import publish_notice

__all__ = [
    "approve_notice",
    "draft_notice",
    "issue_notice",
    "publish_notice",
    "return_notice",
    "save_draft",
    "submit_notice",
]
