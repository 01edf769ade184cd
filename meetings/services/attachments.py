"""Files kept with a meeting."""

from functools import partial

from django.core.files import File
from django.db import transaction

from accounts.models import User
from audit.services import record
from meetings import policies
from meetings.models import Attachment, Meeting
from meetings.services.common import clean_text, demand, lock, lock_open
from meetings.uploads import check_upload


@transaction.atomic
def add_attachment(meeting: Meeting, *, actor: User, upload: File, title: str = "") -> Attachment:
    """Keeps a file that has passed ``check_upload``, under a random name."""
    lock(meeting)
    demand(policies.may_edit(actor, meeting), meeting, actor)
    checked = check_upload(upload)
    title = clean_text(title)[:200]
    last = meeting.attachments.order_by("uploaded_at", "pk").last()
    if last is not None and (last.uploaded_by_id, last.sha256, last.title) == (actor.pk, checked.sha256, title):
        return last  # the button was pressed twice
    attachment = Attachment(
        meeting=meeting,
        title=title,
        original_name=checked.name,
        content_type=checked.content_type,
        size=checked.size,
        sha256=checked.sha256,
        uploaded_by=actor,
    )
    attachment.file.save(f"file{checked.extension}", upload, save=False)
    attachment.save()
    record(
        actor=actor,
        verb="add_attachment",
        target=attachment,
        parent=meeting,
        sentence=f"đã đính kèm tài liệu {checked.name}",
        data={"sha256": checked.sha256, "size": checked.size},
    )
    return attachment


@transaction.atomic
def remove_attachment(attachment: Attachment, *, actor: User) -> None:
    """Takes the row away; the file goes once that is committed."""
    meeting = attachment.meeting
    lock_open(meeting, actor=actor)
    name, sha256 = attachment.original_name, attachment.sha256
    storage, path = attachment.file.storage, attachment.file.name
    attachment.delete()
    record(
        actor=actor,
        verb="remove_attachment",
        target=meeting,
        sentence=f"đã gỡ tài liệu {name}",
        data={"sha256": sha256},
    )
    transaction.on_commit(partial(storage.delete, path))
