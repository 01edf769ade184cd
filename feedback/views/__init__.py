from feedback.views.clock import pause, resume
from feedback.views.entry import advance, entry, meeting_opinions, previous_outcomes
from feedback.views.handling import (
    accept_reply,
    answer,
    assign,
    comment,
    decide_extension,
    send_back,
    take_up,
    transfer,
    withdraw,
)
from feedback.views.inbox import accept, assignment, extend, inbox, progress, reply, reply_document, return_
from feedback.views.mapping import field_departments
from feedback.views.opinions import opinion, opinion_edit, opinions, reveal

__all__ = [
    "accept",
    "accept_reply",
    "advance",
    "answer",
    "assign",
    "assignment",
    "comment",
    "decide_extension",
    "entry",
    "extend",
    "field_departments",
    "inbox",
    "meeting_opinions",
    "opinion",
    "opinion_edit",
    "opinions",
    "pause",
    "previous_outcomes",
    "progress",
    "reply",
    "reply_document",
    "resume",
    "return_",
    "reveal",
    "send_back",
    "take_up",
    "transfer",
    "withdraw",
]
