"""Who may plan, change, hold and record a meeting. The refusal is the sentence the person reads."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.models import Locality, Role, Unit, User
from accounts.policies import ALLOWED, Decision, has_role_in, works_for
from meetings.models import Attachment, Invitation, Meeting, MeetingState

WRITERS = (Role.CLERK, Role.LEADER)

CLOSED = _("The meeting is closed: its record is kept as it is and can't be changed.")
CANCELLED = _("The meeting has been cancelled: its record can't be changed.")


def may_plan(user: User, unit: Unit, on_date: date | None = None, locality: Locality | None = None) -> Decision:
    """A clerk or leader of an existing unit, for a place that the unit acts in and that exists on the day."""
    allowed = works_for(
        user, unit, *WRITERS, reason=_("Only a clerk or leader of the host unit plans meetings in its name.")
    )
    if not allowed:
        return allowed
    if on_date is not None and unit.dissolved_on is not None and unit.dissolved_on <= on_date:
        return Decision(False, _("The host unit no longer exists on the day of the meeting."))
    if locality is not None:
        if not locality.path.startswith(unit.locality.path):
            return Decision(False, _("The host unit does not act in this locality."))
        if on_date is not None and not locality.exists_on(on_date):
            return Decision(False, _("The locality does not exist on the day of the meeting."))
    return ALLOWED


def may_plan_somewhere(user: User) -> Decision:
    if user.scope.is_system_admin or user.scope.has_role(*WRITERS):
        return ALLOWED
    return Decision(False, _("Meetings are planned by the clerks and leaders of the host unit."))


def works_on(user: User, meeting: Meeting) -> Decision:
    """A clerk or leader of the host unit or of a co-host unit, whatever the meeting's state."""
    units = user.scope.unit_ids_as(*WRITERS)
    if user.scope.is_system_admin or meeting.host_unit_id in units:
        return ALLOWED
    if units and any(unit.pk in units for unit in meeting.cohost_units.all()):
        return ALLOWED
    return Decision(False, _("Only a clerk or leader of the host unit or of a co-host unit does this."))


def is_open(meeting: Meeting) -> Decision:
    if meeting.state == MeetingState.CLOSED:
        return Decision(False, CLOSED)
    if meeting.state == MeetingState.CANCELLED:
        return Decision(False, CANCELLED)
    return ALLOWED


def _may_become(user: User, meeting: Meeting, state: str, reason) -> Decision:
    allowed = works_on(user, meeting)
    if not allowed:
        return allowed
    return ALLOWED if meeting.may_become(state) else Decision(False, reason)


def may_edit(user: User, meeting: Meeting) -> Decision:
    return works_on(user, meeting) and is_open(meeting)


def may_record(user: User, meeting: Meeting) -> Decision:
    """Attendance, minutes, attachments, opinions: while the meeting is open and its day has not been put off."""
    if meeting.state == MeetingState.POSTPONED:
        return Decision(False, _("The meeting is postponed: there is nothing to record until it has a new day."))
    return may_edit(user, meeting)


def may_announce(user: User, meeting: Meeting) -> Decision:
    return _may_become(
        user, meeting, MeetingState.ANNOUNCED, _("Only a planned or postponed meeting can be announced.")
    )


def may_postpone(user: User, meeting: Meeting) -> Decision:
    return _may_become(
        user, meeting, MeetingState.POSTPONED, _("Only a planned or announced meeting can be postponed.")
    )


def may_cancel(user: User, meeting: Meeting) -> Decision:
    return _may_become(
        user, meeting, MeetingState.CANCELLED, _("A meeting that has been held or cancelled can't be cancelled.")
    )


def may_hold(user: User, meeting: Meeting) -> Decision:
    return _may_become(
        user, meeting, MeetingState.HELD, _("Only a planned or announced meeting can be recorded as held.")
    )


def may_close(user: User, meeting: Meeting) -> Decision:
    allowed = _may_become(user, meeting, MeetingState.CLOSED, _("Only a meeting that has been held can be closed."))
    if not allowed:
        return allowed
    if meeting.concluded_on is None:
        return Decision(False, _("The conclusion notice has to be issued before the meeting is closed."))
    if meeting.published_on is None:
        return Decision(False, _("The conclusion notice has to be published before the meeting is closed."))
    return ALLOWED


def may_answer_invitation(user: User, invitation: Invitation) -> Decision:
    """The host's clerk notes an answer; a person of the invited unit gives it."""
    if invitation.unit_id is not None and has_role_in(user, invitation.unit, *WRITERS, Role.OFFICER):
        return is_open(invitation.meeting)
    if works_on(user, invitation.meeting):
        return is_open(invitation.meeting)
    return Decision(False, _("The invitation is answered by the invited unit or by the host's clerk."))


def may_remove_attachment(user: User, attachment: Attachment) -> Decision:
    return may_edit(user, attachment.meeting)
