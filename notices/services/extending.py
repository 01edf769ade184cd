"""The host asks for more time for its conclusion notice; the leader above it decides, within what the rules allow."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.errors import ServiceError
from accounts.models import Role, User
from audit.services import record
from deadlines import clock
from deadlines.counting import LATEST, MAX_NUMBER, WORKING_DAYS, Calendar, count, long_date
from deadlines.models import MoveCause, Obligation
from deadlines.services import working_calendar, working_days_late
from feedback.models import Verdict
from meetings.models import DeadlineSnapshot, Meeting
from meetings.services import move_conclusion_due
from notices import policies
from notices.models import NoticeExtension
from notices.services.common import CLERK, LEADER, clean, demand, lock_meeting, people_of, tell_of_meeting

LONGEST_REASON = 2000


def latest_day(snapshot: DeadlineSnapshot, calendar: Calendar) -> date:
    """The last day to which what bound the meeting can be extended; its own due day where it can't."""
    if not snapshot.extension_days:
        return snapshot.due_on
    number = min(snapshot.number + snapshot.extension_days, MAX_NUMBER)
    return max(snapshot.due_on, count(snapshot.counted_from, number, snapshot.unit, calendar).due_on)


def conclusion_snapshots(meeting: Meeting) -> list[DeadlineSnapshot]:
    """What bound the meeting's conclusion notice when it was held, the earliest first."""
    return list(meeting.deadlines.filter(obligation=Obligation.CONCLUSION_NOTICE))


def latest_extension(snapshots: Iterable[DeadlineSnapshot], calendar: Calendar) -> date | None:
    """The last day that every rule together leaves; None where nothing bound the meeting."""
    return min((latest_day(snapshot, calendar) for snapshot in snapshots), default=None)


def _check_rules(snapshots: list[DeadlineSnapshot], asked_until: date, calendar: Calendar) -> None:
    """Each deadline that falls before the asked day has to allow it."""
    for snapshot in snapshots:
        if snapshot.due_on >= asked_until:
            continue
        if snapshot.extension_days is None:
            raise ServiceError(
                _("%(law)s provides for no extension of this deadline (%(day)s).")
                % {"law": snapshot.law, "day": f"{snapshot.due_on:%d/%m/%Y}"},
                field="asked_until",
            )
        if snapshot.extension_days == 0:
            raise ServiceError(
                _("%(law)s does not allow this deadline (%(day)s) to be extended.")
                % {"law": snapshot.law, "day": f"{snapshot.due_on:%d/%m/%Y}"},
                field="asked_until",
            )
        latest = latest_day(snapshot, calendar)
        if asked_until > latest:
            words = (
                ngettext(
                    "%(law)s allows %(days)s working day more at most, that is until %(day)s.",
                    "%(law)s allows %(days)s working days more at most, that is until %(day)s.",
                    snapshot.extension_days,
                )
                if snapshot.unit == WORKING_DAYS
                else ngettext(
                    "%(law)s allows %(days)s day more at most, that is until %(day)s.",
                    "%(law)s allows %(days)s days more at most, that is until %(day)s.",
                    snapshot.extension_days,
                )
            )
            raise ServiceError(
                words % {"law": snapshot.law, "days": snapshot.extension_days, "day": f"{latest:%d/%m/%Y}"},
                field="asked_until",
            )


def _check_day(meeting: Meeting, asked_until: date) -> None:
    """The new day lies after the due day, within the rules, and is a working day."""
    due_on = meeting.conclusion_due_on
    if asked_until < meeting.held_on:
        raise ServiceError(
            _("The new date lies before the meeting, which was held on %(day)s.")
            % {"day": f"{meeting.held_on:%d/%m/%Y}"},
            field="asked_until",
        )
    if asked_until <= due_on:
        raise ServiceError(
            _("The new date has to lie after the present deadline, %(day)s.") % {"day": f"{due_on:%d/%m/%Y}"},
            field="asked_until",
        )
    if asked_until > LATEST:
        raise ServiceError(_("The new date lies too far ahead."), field="asked_until")
    calendar = working_calendar(meeting.locality)
    _check_rules(conclusion_snapshots(meeting), asked_until, calendar)
    if calendar.is_day_off(asked_until):
        raise ServiceError(
            _("%(day)s is a day off (%(reason)s); the next working day is %(next)s.")
            % {
                "day": long_date(asked_until),
                "reason": calendar.reason(asked_until),
                "next": long_date(calendar.next_working_day(asked_until)),
            },
            field="asked_until",
        )


def _check_in_time(meeting: Meeting) -> None:
    today = clock.today()
    late = working_days_late(meeting.conclusion_due_on, today, locality=meeting.locality)
    if late:
        raise ServiceError(
            ngettext(
                "The deadline, %(day)s, has passed: the notice is %(days)s working day late, and more time asked for "
                "now would not undo that. Report the progress with a new promised date instead.",
                "The deadline, %(day)s, has passed: the notice is %(days)s working days late, and more time asked for "
                "now would not undo that. Report the progress with a new promised date instead.",
                late,
            )
            % {"day": f"{meeting.conclusion_due_on:%d/%m/%Y}", "days": late}
        )


@transaction.atomic
def request_notice_extension(meeting: Meeting, *, actor: User, asked_until: date, reason: str) -> NoticeExtension:
    """Asks for a later day, once at a time and while the notice is not yet late."""
    meeting = lock_meeting(meeting.pk)
    demand(policies.writes_for(actor, meeting.host_unit), policies.can_have_its_deadline_moved(meeting))
    _check_in_time(meeting)
    reason = clean(reason)
    if not reason:
        raise ServiceError(_("Say why more time is needed."), field="reason")
    if len(reason) > LONGEST_REASON:
        raise ServiceError(_("The reason is too long."), field="reason")
    if meeting.notice_extensions.filter(verdict=Verdict.WAITING).exists():
        raise ServiceError(_("A request for more time is already waiting for a decision."))
    _check_day(meeting, asked_until)
    unit = policies.deciding_unit(meeting.host_unit)
    deciders = [person for person in people_of(unit, Role.LEADER) if person.pk != actor.pk]
    if not deciders:
        raise ServiceError(
            _("Nobody but you could decide this request, and nobody decides their own: let the clerk ask instead.")
            if unit.pk == meeting.host_unit_id and policies.leads(actor, unit)
            else _("Neither %(unit)s nor a unit above it has a leader who could decide this request.")
            % {"unit": meeting.host_unit}
        )
    extension = NoticeExtension.objects.create(
        meeting=meeting,
        asked_until=asked_until,
        reason=reason,
        asked_by=actor,
        due_on_before=meeting.conclusion_due_on,
    )
    tell_of_meeting(
        extension,
        meeting,
        deciders,
        actor=actor,
        role=LEADER,
        subject=f"{meeting.host_unit.name} đề nghị gia hạn thông báo kết luận đến {asked_until:%d/%m/%Y}",
        body=f"{meeting.topic}: {reason}",
    )
    record(
        actor=actor,
        verb="request_notice_extension",
        target=meeting,
        sentence=f"đã đề nghị gia hạn ban hành thông báo kết luận từ {meeting.conclusion_due_on:%d/%m/%Y} "
        f"đến {asked_until:%d/%m/%Y}: {reason}",
        data={"due_on_before": meeting.conclusion_due_on.isoformat(), "asked_until": asked_until.isoformat()},
    )
    return extension


@transaction.atomic
def decide_notice_extension(
    extension: NoticeExtension, *, actor: User, is_granted: bool, remark: str = ""
) -> NoticeExtension:
    """Grants the later day or refuses it; of two who decide at once the second reads that it was decided."""
    meeting = lock_meeting(extension.meeting_id)
    extension = NoticeExtension.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=extension.pk)
    extension.meeting = meeting
    demand(policies.decides(actor, extension), policies.can_be_decided(extension))
    remark = clean(remark)
    if not is_granted and not remark:
        raise ServiceError(_("Say why more time is refused."), field="remark")
    due_on_before = meeting.conclusion_due_on
    if is_granted:
        _check_grant(meeting, extension)
        move_conclusion_due(
            meeting, due_on=extension.asked_until, actor=actor, cause=MoveCause.EXTENSION, reason=extension.reason
        )
    extension.verdict = Verdict.ACCEPTED if is_granted else Verdict.REFUSED
    extension.verdict_by, extension.verdict_at, extension.remark = actor, clock.now(), remark
    extension.save()
    verdict = "đồng ý" if is_granted else "không đồng ý"
    people = {person.pk: person for person in [extension.asked_by, *people_of(meeting.host_unit, CLERK, LEADER)]}
    tell_of_meeting(
        extension,
        meeting,
        people.values(),
        actor=actor,
        role=CLERK,
        occasion="verdict",
        subject=f"Lãnh đạo {verdict} gia hạn thông báo kết luận, thời hạn {meeting.conclusion_due_on:%d/%m/%Y}",
        body=f"{meeting.topic}{f': {remark}' if remark else ''}",
    )
    record(
        actor=actor,
        verb="decide_notice_extension",
        target=meeting,
        sentence=f"đã {verdict} gia hạn ban hành thông báo kết luận đến {extension.asked_until:%d/%m/%Y}"
        + (f": {remark}" if remark else ""),
        data={"due_on_before": due_on_before.isoformat(), "due_on": meeting.conclusion_due_on.isoformat()},
    )
    return extension


def _check_grant(meeting: Meeting, extension: NoticeExtension) -> None:
    """Asked in time, it may be granted until the asked day; a day off since made of it, or a later due day, forbid it."""
    if extension.asked_until < clock.today():
        raise ServiceError(
            _("The day asked for, %(day)s, has passed; the request can only be refused now.")
            % {"day": f"{extension.asked_until:%d/%m/%Y}"},
            field="is_granted",
        )
    try:
        _check_day(meeting, extension.asked_until)
    except ServiceError as refusal:
        raise ServiceError(refusal.message, field="is_granted") from refusal
