"""Who may draft, approve, issue and publish. The refusal is the sentence the person reads."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User
from accounts.policies import ALLOWED, Decision, works_for
from meetings.models import Meeting
from notices.models import Notice, NoticeState

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
