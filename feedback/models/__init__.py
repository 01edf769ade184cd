"""What citizens said, which department must act, what it answered."""

from feedback.models.assignments import (
    ASSIGNMENT_TONES,
    ASSIGNMENT_TRANSITIONS,
    OPEN_ASSIGNMENT_STATES,
    Assignment,
    AssignmentQuerySet,
    AssignmentState,
    Extension,
    ProgressNote,
    Verdict,
    past_due,
)
from feedback.models.leaving import SupervisionComment, TransferSlip
from feedback.models.mapping import FieldDepartment
from feedback.models.opinions import (
    CODE_ALPHABET,
    OPINION_TONES,
    OPINION_TRANSITIONS,
    STATUTORY_CATEGORIES,
    Category,
    Competence,
    Opinion,
    OpinionQuerySet,
    OpinionSearch,
    OpinionState,
    Resolution,
    Speech,
    new_tracking_code,
)
from feedback.models.replies import Reply, ReplyDocument

__all__ = [
    "ASSIGNMENT_TONES",
    "ASSIGNMENT_TRANSITIONS",
    "CODE_ALPHABET",
    "OPEN_ASSIGNMENT_STATES",
    "OPINION_TONES",
    "OPINION_TRANSITIONS",
    "STATUTORY_CATEGORIES",
    "Assignment",
    "AssignmentQuerySet",
    "AssignmentState",
    "Category",
    "Competence",
    "Extension",
    "FieldDepartment",
    "Opinion",
    "OpinionQuerySet",
    "OpinionSearch",
    "OpinionState",
    "ProgressNote",
    "Reply",
    "ReplyDocument",
    "Resolution",
    "Speech",
    "SupervisionComment",
    "TransferSlip",
    "Verdict",
    "new_tracking_code",
    "past_due",
]
