"""The publication ledger; on the portal the notice becomes public."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import User
from audit.services import record
from deadlines import clock
from deadlines.models import Obligation
from deadlines.services import catch_up
from meetings.services import mark_published
from notices import policies
from notices.models import Channel, Notice, NoticeState, Publication
from notices.services.common import clean, demand, give_back, lock

CHANNEL_WORDS = {
    Channel.PORTAL: "trên cổng thông tin",
    Channel.HEADQUARTERS: "bằng niêm yết tại trụ sở",
    Channel.VILLAGE_HEADS: "bằng gửi trưởng thôn, tổ trưởng tổ dân phố",
    Channel.MEDIA: "trên phương tiện thông tin đại chúng",
    Channel.EMAIL: "qua thư điện tử đến người tham dự",
}


@transaction.atomic
def publish_notice(
    notice: Notice, *, actor: User, channel: str = Channel.PORTAL, on: date | None = None, note: str = ""
) -> Publication:
    """Notes where and when the notice was made public; through the portal it is from this moment."""
    catch_up(notice.meeting, Obligation.PUBLICATION, path=notice.meeting.locality.path)
    locked = lock(notice)
    demand(policies.writes_for(actor, locked.unit), policies.can_be_published(locked))
    today = clock.today()
    on = on or today
    if on > today:
        raise ServiceError(_("The day of publication can't lie in the future."), field="on")
    if on < locked.issued_on:
        raise ServiceError(
            _("The notice can't have been published before it was issued on %(day)s.")
            % {"day": f"{locked.issued_on:%d/%m/%Y}"},
            field="on",
        )
    channel = Channel(channel)
    if channel == Channel.PORTAL and locked.state == NoticeState.PUBLISHED:
        raise ServiceError(_("The notice is on the portal already."), field="channel")
    if locked.publications.filter(channel=channel, on=on).exists():
        raise ServiceError(_("This publication is in the ledger already."), field="channel")
    publication = Publication.objects.create(
        notice=locked, channel=channel, on=on, note=clean(note)[:300], recorded_by=actor
    )
    if channel == Channel.PORTAL:
        locked.state = NoticeState.PUBLISHED
        locked.published_at = clock.now() if on == today else datetime.combine(on, time(12), tzinfo=clock.VIETNAM)
        locked.version += 1
        locked.save()
        mark_published(locked.meeting, on=on)
    record(
        actor=actor,
        verb="publish_notice",
        target=locked,
        parent=locked.meeting,
        sentence=f"đã công bố thông báo số {locked.document_code} {CHANNEL_WORDS[channel]} ngày {on:%d/%m/%Y}",
        data={"channel": str(channel)},
    )
    give_back(locked, notice)
    return publication
