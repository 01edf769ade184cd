"""Watching over the handling: supervisors' comments, and who looked at a citizen's personal data."""

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Role, User
from audit.services import record
from feedback.models import Opinion, Speech, SupervisionComment
from feedback.services.common import clean, host_clerks, lock_opinion, tell


@transaction.atomic
def comment_as_supervisor(opinion: Opinion, *, actor: User, text: str) -> SupervisionComment:
    """A remark of the Fatherland Front or an advisory board about how the opinion is handled."""
    opinion = lock_opinion(opinion.pk)
    if not clean(text):
        raise ServiceError(_("Write the comment."), field="text")
    last = opinion.supervision_comments.order_by("at", "pk").last()
    if last is not None and (last.author_id, last.text) == (actor.pk, clean(text)):
        return last  # the button was pressed twice
    comment = SupervisionComment.objects.create(opinion=opinion, text=clean(text), author=actor)
    tell(
        host_clerks(opinion.meeting),
        about=comment,
        subject=f"Có nhận xét giám sát về ý kiến số {opinion.number}",
        url=reverse("feedback:opinion", args=[opinion.pk]),
        role=Role.CLERK,
    )
    record(
        actor=actor,
        verb="comment_as_supervisor",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã nhận xét giám sát về việc giải quyết ý kiến số {opinion.number}",
    )
    return comment


@transaction.atomic
def open_personal_data(opinion: Opinion, *, actor: User) -> Speech:
    """Luật 91/2025/QH15: each look at a citizen's name, phone and address is kept."""
    speech = Speech.objects.get(pk=opinion.speech_id)
    record(
        actor=actor,
        verb="open_personal_data",
        target=opinion,
        parent=opinion.meeting,
        sentence=f"đã mở xem dữ liệu cá nhân của người nêu ý kiến số {opinion.number}",
    )
    return speech
