"""What was said, written down while it is said."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import User
from audit.services import record
from deadlines import clock
from feedback.models import (
    STATUTORY_CATEGORIES,
    Category,
    Competence,
    Opinion,
    OpinionState,
    Resolution,
    Speech,
)
from feedback.services.common import (
    clean,
    forget_told,
    index_opinion,
    lock_meeting,
    lock_opinion,
    move_opinion,
    require_dialogue,
    require_open,
    require_version,
)
from meetings.models import Field, Meeting

SPEECH_FIELDS = ("speaker", "phone", "address", "represents", "consents_to_publication")
OPINION_FIELDS = ("category", "field", "competence", "text", "public_summary", "same_matter_as")


@transaction.atomic
def record_opinion(
    *,
    meeting: Meeting,
    actor: User,
    client_key: UUID,
    speaker: str = "",
    phone: str = "",
    address: str = "",
    represents: str = "",
    consents_to_publication: bool | None = None,
    same_speech_as: Speech | None = None,
    category: str = Category.PETITION,
    field: Field,
    competence: str = Competence.OWN,
    text: str,
    is_advance: bool = False,
    answer: str = "",
    answered_by: str = "",
) -> Opinion:
    """Writes one opinion. The same ``client_key`` sent twice gives the same opinion back.

    The meeting's row is locked, so two clerks at once get numbers that follow each other.
    """
    meeting = lock_meeting(meeting.pk)
    saved = Opinion.objects.filter(client_key=client_key).first()
    if saved is not None:
        if saved.meeting_id != meeting.pk:
            raise ServiceError(_("This form was used for another meeting; please open the page again."))
        return saved
    require_open(meeting)
    text, answer = clean(text), clean(answer)
    if not text:
        raise ServiceError(_("Write down what was said."), field="text")
    if answer and category in STATUTORY_CATEGORIES:
        raise ServiceError(
            _("Complaints and denunciations are not settled as dialogue opinions; they leave by a transfer slip."),
            field="answer",
        )
    if same_speech_as is not None and not Opinion.objects.visible_to(actor).filter(speech=same_speech_as).exists():
        # Whoever may not know of a denunciation must not get at the denouncer through a guessed number either.
        raise ServiceError(_("The speaker belongs to another meeting."), field="speaker")
    speech = _speech(meeting, same_speech_as, is_advance, speaker, phone, address, represents, consents_to_publication)
    opinion = Opinion(
        meeting=meeting,
        speech=speech,
        number=(meeting.opinions.aggregate(last=Max("number"))["last"] or 0) + 1,
        category=category,
        field=field,
        competence=competence,
        text=text,
        is_advance=is_advance,
        client_key=client_key,
        recorded_by=actor,
    )
    if answer:
        _answer(opinion, answer, answered_by, Resolution.EXPLAINED)
    opinion.save(force_insert=True)
    index_opinion(opinion)
    kind = "câu hỏi gửi trước" if is_advance else "ý kiến"
    record(
        actor=actor,
        verb="record_opinion",
        target=opinion,
        parent=meeting,
        sentence=f"đã ghi nhận {kind} số {opinion.number}" + (", trả lời ngay tại hội nghị" if answer else ""),
    )
    return opinion


def _speech(meeting, same_speech_as, is_advance, speaker, phone, address, represents, consents) -> Speech:
    if same_speech_as is not None:
        if same_speech_as.meeting_id != meeting.pk:
            raise ServiceError(_("The speaker belongs to another meeting."), field="speaker")
        return same_speech_as
    return Speech.objects.create(
        meeting=meeting,
        position=(meeting.speeches.aggregate(last=Max("position"))["last"] or 0) + 1,
        speaker=clean(speaker),
        phone=clean(phone),
        address=clean(address),
        represents=clean(represents),
        consents_to_publication=consents,
        is_advance=is_advance,
    )


def _meeting_day(meeting: Meeting) -> date:
    return meeting.held_on or min(timezone.localtime(meeting.planned_start, clock.VIETNAM).date(), clock.today())


def _answer(opinion: Opinion, answer: str, answered_by: str, resolution: str) -> None:
    opinion.state = OpinionState.ANSWERED
    opinion.answer = clean(answer)
    opinion.answered_by = clean(answered_by)
    opinion.answered_on = _meeting_day(opinion.meeting)
    opinion.resolution = resolution


@transaction.atomic
def answer_on_the_spot(
    opinion: Opinion, *, actor: User, answer: str, answered_by: str, resolution: str = Resolution.EXPLAINED
) -> Opinion:
    """Notes the answer that was given at the meeting itself."""
    opinion = lock_opinion(opinion.pk)
    require_open(opinion.meeting)
    require_dialogue(opinion)
    if resolution == Resolution.UNDER_WAY:
        raise ServiceError(
            _("What is under way needs a department and a date: assign the opinion instead."), field="resolution"
        )
    if not clean(answer):
        raise ServiceError(_("Write down the answer that was given."), field="answer")
    move_opinion(opinion, OpinionState.ANSWERED)
    _answer(opinion, answer, answered_by, resolution)
    opinion.save()
    index_opinion(opinion)
    record(
        actor=actor,
        verb="answer_on_the_spot",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã ghi câu trả lời tại hội nghị cho ý kiến số {opinion.number}",
    )
    return opinion


@transaction.atomic
def take_up(opinion: Opinion, *, actor: User) -> Opinion:
    """A question sent in beforehand is put at the meeting: from then on it counts as spoken."""
    opinion = lock_opinion(opinion.pk)
    require_open(opinion.meeting)
    speech = Speech.objects.select_for_update().get(pk=opinion.speech_id)
    if not speech.is_advance:
        raise ServiceError(_("This question has already been taken up at the meeting."))
    speech.is_advance = False
    speech.save(update_fields=["is_advance"])
    record(
        actor=actor,
        verb="take_up",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã nêu câu hỏi gửi trước số {opinion.number} tại hội nghị",
    )
    return opinion


@transaction.atomic
def edit_opinion(opinion: Opinion, *, actor: User, version: int, **fields) -> Opinion:
    """Corrects what was written down; the speaker's data are those of the whole speech."""
    opinion = lock_opinion(opinion.pk)
    require_open(opinion.meeting)
    require_version(opinion, version)
    unknown = set(fields) - set(SPEECH_FIELDS) - set(OPINION_FIELDS)
    if unknown:
        raise TypeError(f"not a field of an opinion: {', '.join(sorted(unknown))}")
    was_statutory, becomes = opinion.is_statutory, fields.get("category", opinion.category)
    if becomes in STATUTORY_CATEGORIES and opinion.state != OpinionState.RECORDED:
        raise ServiceError(
            _("An opinion that was answered or assigned can't become a complaint or a denunciation."), field="category"
        )
    if "text" in fields and not clean(fields["text"]):
        raise ServiceError(_("Write down what was said."), field="text")
    changes = {}
    for name in OPINION_FIELDS:
        if name in fields:
            value = clean(fields[name]) if name in {"text", "public_summary"} else fields[name]
            if value != getattr(opinion, name):
                changes[name] = value
                setattr(opinion, name, value)
    speech = Speech.objects.select_for_update().get(pk=opinion.speech_id)
    for name in SPEECH_FIELDS:
        if name in fields:
            value = clean(fields[name]) if name != "consents_to_publication" else fields[name]
            if value != getattr(speech, name):
                changes[name] = value
                setattr(speech, name, value)
    opinion.version += 1
    opinion.save()
    speech.save()
    index_opinion(opinion)
    if opinion.is_statutory and not was_statutory:
        forget_told(opinion)
    record(
        actor=actor,
        verb="edit_opinion",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã sửa ý kiến số {opinion.number}",
        # Names of fields only: their values may hold a citizen's personal data.
        data={"changed": sorted(changes)},
    )
    return opinion
