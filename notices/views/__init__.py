"""The pages of notices; each module is named for what people do there."""

from notices.views.deciding import approve, detail, issue, pdf, publish, return_with_remark
from notices.views.lateness import decide_extension, extend, progress
from notices.views.listing import notice_list
from notices.views.sheets import assignment_sheet, meeting_sheet
from notices.views.writing import draft, edit, meeting_notice, preview, submit

__all__ = [
    "approve",
    "assignment_sheet",
    "decide_extension",
    "detail",
    "draft",
    "edit",
    "extend",
    "issue",
    "meeting_notice",
    "meeting_sheet",
    "notice_list",
    "pdf",
    "preview",
    "progress",
    "publish",
    "return_with_remark",
    "submit",
]
