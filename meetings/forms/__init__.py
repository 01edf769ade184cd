"""Input of the meeting pages. What may stand is decided by the services."""

from meetings.forms.base import PlainForm
from meetings.forms.cycle import AnnounceForm, CancelForm, HoldForm, PostponeForm
from meetings.forms.planning import MeetingForm
from meetings.forms.record import AgendaFormSet, AnswerForm, AttachmentForm, InviteForm, RecordForm

__all__ = [
    "AgendaFormSet",
    "AnnounceForm",
    "AnswerForm",
    "AttachmentForm",
    "CancelForm",
    "HoldForm",
    "InviteForm",
    "MeetingForm",
    "PlainForm",
    "PostponeForm",
    "RecordForm",
]
