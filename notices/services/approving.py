"""The draft on its way: submitted by the clerk, returned or approved by the leader."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import User
from audit.services import record
from feedback.models import STATUTORY_CATEGORIES, Opinion
from notices import policies
from notices.models import Notice, NoticeRemark, NoticeState
from notices.services.common import LEADER, clean, demand, give_back, lock, people_of, tell

QUOTED, SHORTEST_QUOTE = 60, 15


def _missing(notice: Notice) -> str | None:
    """What a notice can't go without, as a sentence; None when it is complete."""
    demanded = [
        (notice.subject, _("The subject (trích yếu) is missing.")),
        (notice.opening, _("The opening is missing.")),
        (notice.assessment or notice.conclusions.exists(), _("The notice concludes nothing yet.")),
        (notice.closing, _("The part on carrying out and reporting is missing.")),
        (notice.recipients, _("The recipients (nơi nhận) are missing.")),
        (notice.place, _("The place named in the document is missing.")),
        (notice.signer_title, _("The title of the signer is missing.")),
        (notice.signer_name, _("The name of the signer is missing.")),
    ]
    return next((sentence for value, sentence in demanded if not value), None)


def _quotes_what_left(notice: Notice) -> str | None:
    """A matter that turned out to be a complaint or denunciation after the draft was made must not be published."""
    texts = [*notice.conclusions.values_list("text", flat=True), *notice.tasks.values_list("task", flat=True)]
    said = " ".join(" ".join(texts).split())
    left = Opinion.objects.filter(meeting=notice.meeting_id, category__in=STATUTORY_CATEGORIES).order_by("number")
    for number, text in left.values_list("number", "text"):
        # The first letter may have been made a small one, and a long text is cut.
        quoted = " ".join(text.split())[1:QUOTED]
        if len(quoted) > SHORTEST_QUOTE and quoted in said:
            return _("The draft quotes opinion %(number)s, which is not settled here any more. Take it out.") % {
                "number": number
            }
    return None


@transaction.atomic
def submit_notice(notice: Notice, *, actor: User) -> Notice:
    locked = lock(notice)
    demand(policies.writes_for(actor, locked.unit), policies.can_become(locked, NoticeState.SUBMITTED))
    if sentence := _missing(locked) or _quotes_what_left(locked):
        raise ServiceError(sentence)
    locked.state = NoticeState.SUBMITTED
    locked.submitted_at = timezone.now()
    locked.version += 1
    locked.save()
    tell(
        locked,
        locked,
        people_of(locked.unit, LEADER),
        actor=actor,
        role=LEADER,
        subject=f"Trình duyệt thông báo kết luận: {locked.meeting.topic}",
    )
    record(
        actor=actor,
        verb="submit_notice",
        target=locked,
        parent=locked.meeting,
        sentence="đã trình dự thảo thông báo kết luận",
    )
    return give_back(locked, notice)


@transaction.atomic
def return_notice(notice: Notice, *, actor: User, remark: str) -> Notice:
    locked = lock(notice)
    demand(policies.leads(actor, locked.unit), policies.can_become(locked, NoticeState.RETURNED))
    remark = clean(remark)
    if not remark:
        raise ServiceError(_("Say in the remark what has to be changed."), field="remark")
    locked.state = NoticeState.RETURNED
    locked.approved_at = locked.approved_by = None
    locked.version += 1
    locked.save()
    written = NoticeRemark.objects.create(notice=locked, text=remark, author=actor)
    tell(
        written,
        locked,
        [locked.drafted_by],
        actor=actor,
        subject=f"Dự thảo thông báo kết luận bị trả lại: {locked.meeting.topic}",
        body=remark,
    )
    record(
        actor=actor,
        verb="return_notice",
        target=locked,
        parent=locked.meeting,
        sentence="đã trả lại dự thảo thông báo kết luận để chỉnh sửa",
        data={"remark": written.pk},
    )
    return give_back(locked, notice)


@transaction.atomic
def approve_notice(notice: Notice, *, actor: User) -> Notice:
    locked = lock(notice)
    demand(policies.leads(actor, locked.unit), policies.can_become(locked, NoticeState.APPROVED))
    locked.state = NoticeState.APPROVED
    locked.approved_at, locked.approved_by = timezone.now(), actor
    locked.version += 1
    locked.save()
    record(
        actor=actor,
        verb="approve_notice",
        target=locked,
        parent=locked.meeting,
        sentence="đã duyệt dự thảo thông báo kết luận",
    )
    return give_back(locked, notice)
