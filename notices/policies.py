"""Who may draft, approve, issue and publish. The refusal is the sentence the person reads."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Role, Unit, User
from accounts.policies import ALLOWED, Decision, works_for
from deadlines import clock
from feedback.models import Verdict
from meetings.models import Meeting
from notices.models import LEVELS_ABOVE, Notice, NoticeExtension, NoticeState

WRITERS = (Role.CLERK, Role.LEADER)


def writes_for(user: User, unit) -> Decision:
    return works_for(user, unit, *WRITERS, reason=_("Only a clerk or leader of the issuing unit does this."))


def leads(user: User, unit) -> Decision:
    return works_for(user, unit, Role.LEADER, reason=_("Only a leader of the issuing unit does this."))


def may_draft(user: User, meeting: Meeting) -> Decision:
    return writes_for(user, meeting.host_unit) and can_be_drafted(meeting)


def can_be_drafted(meeting: Meeting) -> Decision:
    if not meeting.is_held:
        return Decision(False, _("The notice can be drafted once the meeting is recorded as held."))
    if not meeting.is_open:
        return Decision(False, _("The meeting is closed; its record can no longer be changed."))
    return ALLOWED


def can_be_edited(notice: Notice) -> Decision:
    if notice.is_editable:
        return ALLOWED
    if notice.is_issued:
        return Decision(
            False,
            _("The notice was issued under number %(code)s; its text is frozen.") % {"code": notice.document_code},
        )
    return Decision(False, _("The notice has been submitted; it can be edited again once the leader returns it."))


def can_become(notice: Notice, state: str) -> Decision:
    if notice.may_become(state):
        return ALLOWED
    if notice.is_issued:
        return Decision(
            False,
            _("The notice has already been issued under number %(code)s on %(day)s.")
            % {"code": notice.document_code, "day": f"{notice.issued_on:%d/%m/%Y}"},
        )
    return Decision(
        False,
        _("The notice is in the state “%(state)s” now, so this can't be done.") % {"state": notice.get_state_display()},
    )


def can_be_published(notice: Notice) -> Decision:
    if not notice.is_issued:
        return Decision(False, _("The notice has to be issued before it is published."))
    if not notice.meeting.is_open:
        return Decision(False, _("The meeting is closed; its record can no longer be changed."))
    return ALLOWED


def may_edit(user: User, notice: Notice) -> Decision:
    return writes_for(user, notice.unit) and can_be_edited(notice)


def may_submit(user: User, notice: Notice) -> Decision:
    return writes_for(user, notice.unit) and can_become(notice, NoticeState.SUBMITTED)


def may_return(user: User, notice: Notice) -> Decision:
    return leads(user, notice.unit) and can_become(notice, NoticeState.RETURNED)


def may_approve(user: User, notice: Notice) -> Decision:
    return leads(user, notice.unit) and can_become(notice, NoticeState.APPROVED)


def may_issue(user: User, notice: Notice) -> Decision:
    return leads(user, notice.unit) and can_become(notice, NoticeState.ISSUED)


def may_publish(user: User, notice: Notice) -> Decision:
    return writes_for(user, notice.unit) and can_be_published(notice)


# --- a deadline that is to be moved, or was missed ---


def deciding_unit(host: Unit) -> Unit:
    """Who decides about the host's deadline: the nearest unit above that has a leader; without one the host itself."""
    chain, unit = [], host
    while unit.superior_id is not None and len(chain) < LEVELS_ABOVE:
        unit = unit.superior
        chain.append(unit)
    led = set(
        Membership.objects.current(on=clock.today())
        .filter(unit__in=chain, role=Role.LEADER, user__is_active=True)
        .values_list("unit_id", flat=True)
    )
    return next((unit for unit in chain if unit.pk in led), host)


def can_have_its_deadline_moved(meeting: Meeting) -> Decision:
    if not meeting.is_held:
        return Decision(False, _("The deadline of the notice runs once the meeting is recorded as held."))
    if meeting.concluded_on is not None:
        return Decision(
            False,
            _("The notice was issued on %(day)s; its deadline can no longer be extended.")
            % {"day": f"{meeting.concluded_on:%d/%m/%Y}"},
        )
    if not meeting.is_open:
        return Decision(False, _("The meeting is closed; its record can no longer be changed."))
    if meeting.conclusion_due_on is None:
        return Decision(False, _("No rule set a deadline for this notice, so there is nothing to extend."))
    return ALLOWED


def may_ask_for_time(user: User, meeting: Meeting) -> Decision:
    """Clerks and leaders of the host, until the due day has passed."""
    allowed = writes_for(user, meeting.host_unit) and can_have_its_deadline_moved(meeting)
    if allowed and meeting.conclusion_due_on < clock.today():
        return Decision(False, _("The deadline has passed; more time asked for now would not undo that."))
    return allowed


def decides(user: User, extension: NoticeExtension) -> Decision:
    """A leader of the deciding unit, who has not asked for it themselves."""
    unit = deciding_unit(extension.meeting.host_unit)
    allowed = works_for(
        user,
        unit,
        Role.LEADER,
        reason=_("A leader of %(unit)s decides about this request.") % {"unit": unit},
    )
    if allowed and extension.asked_by_id == user.pk:
        return Decision(False, _("Nobody decides their own request."))
    return allowed


def can_be_decided(extension: NoticeExtension) -> Decision:
    if extension.verdict != Verdict.WAITING:
        return Decision(False, _("This request has already been decided."))
    return can_have_its_deadline_moved(extension.meeting)


def can_be_reported_on(meeting: Meeting) -> Decision:
    """Progress is reported from the day after the due day until issue."""
    if meeting.concluded_on is not None:
        return Decision(
            False,
            _("The notice was issued on %(day)s; there is no more progress to report.")
            % {"day": f"{meeting.concluded_on:%d/%m/%Y}"},
        )
    if not meeting.is_held or not meeting.is_open:
        return Decision(False, _("Progress is reported of a meeting that was held and is still open."))
    if meeting.conclusion_due_on is None or meeting.conclusion_due_on >= clock.today():
        return Decision(False, _("The notice is not late; progress is reported once it is."))
    return ALLOWED


def may_report_progress(user: User, meeting: Meeting) -> Decision:
    return writes_for(user, meeting.host_unit) and can_be_reported_on(meeting)
