"""Every write of the app, each a verb with its actor; the files are named for the actions."""

from feedback.services.assigning import (
    ReplyDeadline,
    accept_assignment,
    assign_opinion,
    note_progress,
    propose_department,
    reply_deadline,
    return_assignment,
    withdraw_assignment,
)
from feedback.services.extending import decide_extension, latest_day, request_extension
from feedback.services.mapping import map_field
from feedback.services.pausing import pause_assignment, resume_assignment
from feedback.services.recording import answer_on_the_spot, edit_opinion, record_opinion, take_up
from feedback.services.replying import accept_reply, reply_to_assignment, send_back_reply
from feedback.services.supervising import comment_as_supervisor, open_personal_data
from feedback.services.transferring import transfer_opinion

__all__ = [
    "ReplyDeadline",
    "accept_assignment",
    "accept_reply",
    "answer_on_the_spot",
    "assign_opinion",
    "comment_as_supervisor",
    "decide_extension",
    "edit_opinion",
    "latest_day",
    "map_field",
    "note_progress",
    "open_personal_data",
    "pause_assignment",
    "propose_department",
    "record_opinion",
    "reply_deadline",
    "reply_to_assignment",
    "request_extension",
    "resume_assignment",
    "return_assignment",
    "send_back_reply",
    "take_up",
    "transfer_opinion",
    "withdraw_assignment",
]
