"""From the meeting's record to a draft, and the saving of what people write in it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError, StaleVersion
from accounts.models import User
from audit.services import record
from feedback.models import Assignment
from meetings.models import Meeting
from notices import policies
from notices.composing import compose
from notices.models import Conclusion, Notice, NoticeTask
from notices.services.common import clean, demand, give_back, lock

TEXTS = (
    "subject",
    "opening",
    "assessment",
    "closing",
    "recipients",
    "place",
    "signing_authority",
    "signer_title",
    "signer_name",
)
MOST_ROWS = 500


def _write_parts(notice: Notice, conclusions: Iterable[dict] | None, tasks: Iterable[dict] | None) -> None:
    if conclusions is not None:
        notice.conclusions.all().delete()
        Conclusion.objects.bulk_create(
            Conclusion(notice=notice, position=position, field=row.get("field"), text=clean(row["text"]))
            for position, row in enumerate(conclusions, start=1)
        )
    if tasks is not None:
        notice.tasks.all().delete()
        NoticeTask.objects.bulk_create(
            NoticeTask(
                notice=notice,
                position=position,
                assignment=row.get("assignment"),
                task=clean(row["task"]),
                lead_department=clean(row["lead_department"]),
                coordinating_departments=clean(row.get("coordinating_departments")),
                due_on=row.get("due_on"),
            )
            for position, row in enumerate(tasks, start=1)
        )


@transaction.atomic
def draft_notice(meeting: Meeting, *, actor: User) -> Notice:
    """Drafts the notice from the meeting's record; a second click finds the draft that exists."""
    meeting = Meeting.objects.select_for_update().get(pk=meeting.pk)
    demand(policies.writes_for(actor, meeting.host_unit), policies.can_be_drafted(meeting))
    existing = Notice.objects.filter(meeting=meeting).select_related("unit").first()
    if existing is not None:
        return existing
    draft = compose(meeting, actor)
    notice = Notice.objects.create(
        meeting=meeting,
        unit=meeting.host_unit,
        regime=meeting.host_unit.regime,
        due_on=meeting.conclusion_due_on,
        drafted_by=actor,
        **{name: getattr(draft, name) for name in TEXTS},
    )
    _write_parts(notice, draft.conclusions, draft.tasks)
    record(
        actor=actor,
        verb="draft_notice",
        target=notice,
        parent=meeting,
        sentence="đã dự thảo thông báo kết luận từ hồ sơ hội nghị",
        data={"conclusions": len(draft.conclusions), "tasks": len(draft.tasks)},
    )
    return notice


@transaction.atomic
def save_draft(
    notice: Notice,
    *,
    actor: User,
    version: int,
    conclusions: list[dict] | None = None,
    tasks: list[dict] | None = None,
    **fields,
) -> Notice:
    """Saves the draft. ``conclusions`` and ``tasks`` replace those that are saved; None leaves them as they are."""
    if unknown := set(fields) - set(TEXTS):
        raise TypeError(f"A notice has no text {sorted(unknown)}")
    locked = lock(notice)
    demand(policies.writes_for(actor, locked.unit), policies.can_be_edited(locked))
    if locked.version != version:
        raise StaleVersion(_("Somebody else has saved this draft in the meantime."), current=locked)
    if len(conclusions or ()) > MOST_ROWS or len(tasks or ()) > MOST_ROWS:
        raise ServiceError(_("A notice has at most %(most)s conclusions and tasks.") % {"most": MOST_ROWS})
    known = {a.pk for a in Assignment.objects.filter(opinion__meeting=locked.meeting_id).only("pk")}
    for row in tasks or ():
        if row.get("assignment") is not None and row["assignment"].pk not in known:
            raise ServiceError(_("A task refers to an assignment of another meeting."))
    changed = [name for name, text in fields.items() if getattr(locked, name) != clean(text)]
    for name, text in fields.items():
        setattr(locked, name, clean(text))
    locked.version += 1
    locked.save()
    _write_parts(locked, conclusions, tasks)
    record(
        actor=actor,
        verb="save_draft",
        target=locked,
        parent=locked.meeting,
        sentence="đã sửa dự thảo thông báo kết luận",
        data={"changed": changed, "version": locked.version},
    )
    return give_back(locked, notice)
