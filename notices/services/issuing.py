"""The number, the day and the frozen PDF, all in one transaction."""

import hashlib
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import User
from audit.services import record
from deadlines import clock
from deadlines.models import Obligation
from deadlines.services import catch_up, working_days_late
from meetings.models import Meeting
from meetings.services import mark_concluded
from notices import policies
from notices.documents import render_notice
from notices.layout import document_code
from notices.models import DocumentType, IssuedDocument, Notice, NoticeState
from notices.registers import take_number
from notices.services.common import CLERK, demand, give_back, lock, people_of, tell


def _check_day(meeting: Meeting, on: date) -> None:
    if on > clock.today():
        raise ServiceError(_("A notice can't be issued on a day that has not come yet."), field="issued_on")
    if on < meeting.held_on:
        raise ServiceError(
            _("The notice can't be issued before the day of the meeting, %(day)s.")
            % {"day": f"{meeting.held_on:%d/%m/%Y}"},
            field="issued_on",
        )


def lateness(notice: Notice, on: date) -> int:
    """Working days between the due day and the day of issue; 0 in time or where no rule bound the meeting."""
    if notice.due_on is None:
        return 0
    return working_days_late(notice.due_on, on, locality=notice.meeting.locality)


@transaction.atomic
def issue_notice(notice: Notice, *, actor: User, issued_on: date | None = None) -> Notice:
    """Gives the number, freezes text and PDF, and settles whether it was in time.

    Of two leaders who issue at once the second reads that it has been issued. ``issued_on`` may name a past day.
    """
    catch_up(notice.meeting, Obligation.CONCLUSION_NOTICE, path=notice.meeting.locality.path)
    locked = lock(notice)
    demand(policies.leads(actor, locked.unit), policies.can_become(locked, NoticeState.ISSUED))
    on = issued_on or clock.today()
    _check_day(locked.meeting, on)
    locked.due_on = locked.meeting.conclusion_due_on
    locked.period, locked.number = take_number(locked.unit, locked.regime, on)
    locked.document_code = document_code(
        locked.regime, locked.number, DocumentType.CONCLUSION_NOTICE.value, locked.unit.abbreviation
    )
    locked.issued_on, locked.issued_by = on, actor
    locked.days_late = lateness(locked, on)
    locked.state = NoticeState.ISSUED
    locked.version += 1
    pdf = render_notice(locked)
    locked.save()
    sha256 = hashlib.sha256(pdf).hexdigest()
    IssuedDocument.objects.create(notice=locked, pdf=pdf, sha256=sha256)
    mark_concluded(locked.meeting, on=on, days_late=locked.days_late)
    tell(
        locked,
        locked,
        {person.pk: person for person in [locked.drafted_by, *people_of(locked.unit, CLERK)]}.values(),
        actor=actor,
        role=CLERK,
        subject=f"Thông báo số {locked.document_code} đã ban hành, chờ công bố",
        body=locked.meeting.topic,
    )
    late = f"chậm {locked.days_late} ngày làm việc" if locked.days_late else "đúng hạn"
    record(
        actor=actor,
        verb="issue_notice",
        target=locked,
        parent=locked.meeting,
        sentence=f"đã ban hành thông báo số {locked.document_code} ngày {on:%d/%m/%Y}, {late}",
        data={"sha256": sha256, "days_late": locked.days_late},
    )
    return give_back(locked, notice)
