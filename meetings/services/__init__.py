"""Every write to meetings, as a verb."""

from meetings.services.announcing import announcement_limits
from meetings.services.attachments import add_attachment, remove_attachment
from meetings.services.holding import (
    close_meeting,
    hold_meeting,
    mark_concluded,
    mark_published,
    move_conclusion_due,
)
from meetings.services.inviting import answer_invitation, invite, withdraw_invitation
from meetings.services.planning import PlanRefused, edit_meeting, plan_meeting, set_agenda
from meetings.services.recording import record_attendance, save_minutes, save_record
from meetings.services.scheduling import (
    announce_meeting,
    announcement_warning,
    cancel_meeting,
    postpone_meeting,
)

__all__ = [
    "PlanRefused",
    "add_attachment",
    "announce_meeting",
    "announcement_limits",
    "announcement_warning",
    "answer_invitation",
    "cancel_meeting",
    "close_meeting",
    "edit_meeting",
    "hold_meeting",
    "invite",
    "mark_concluded",
    "mark_published",
    "move_conclusion_due",
    "plan_meeting",
    "postpone_meeting",
    "record_attendance",
    "remove_attachment",
    "save_minutes",
    "save_record",
    "set_agenda",
    "withdraw_invitation",
]
