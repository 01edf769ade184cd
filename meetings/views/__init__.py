"""The pages of meetings; each module is named for what people do there."""

from meetings.views.cycle import announce, cancel, close, hold, postpone
from meetings.views.detail import detail, history
from meetings.views.documents import attachment, attachment_remove, documents
from meetings.views.inviting import invitation_answer, invitation_withdraw, invitations
from meetings.views.listing import calendar, listing, year
from meetings.views.planning import agenda, edit, new
from meetings.views.recording import record

__all__ = [
    "agenda",
    "announce",
    "attachment",
    "attachment_remove",
    "calendar",
    "cancel",
    "close",
    "detail",
    "documents",
    "edit",
    "history",
    "hold",
    "invitation_answer",
    "invitation_withdraw",
    "invitations",
    "listing",
    "new",
    "postpone",
    "record",
    "year",
]
