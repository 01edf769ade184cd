"""Who may do what to an opinion and to an assignment. The refusal is the sentence the person reads."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Unit, User
from accounts.policies import ALLOWED, Decision, has_role_in, works_for
from feedback.models import Assignment, Category, Opinion
from meetings.policies import may_edit, works_on

# Whoever works in a department may answer for it.
DEPARTMENT_ROLES = (Role.OFFICER, Role.LEADER, Role.CLERK)


def may_handle(user: User, opinion: Opinion) -> Decision:
    """Assign, transfer, withdraw, accept or send back: clerks and leaders of the host or a co-host."""
    return works_on(user, opinion.meeting)


def may_edit_opinion(user: User, opinion: Opinion) -> Decision:
    return may_edit(user, opinion.meeting)


def may_decide_extension(user: User, assignment: Assignment) -> Decision:
    return works_for(
        user,
        assignment.opinion.meeting.host_unit,
        Role.LEADER,
        reason=_("Only a leader of the host unit decides about more time."),
    )


def may_stop_clock(user: User, assignment: Assignment) -> Decision:
    """Stop the clock and let it run again: leaders and clerks of the host, where the rule allows it."""
    allowed = works_for(
        user,
        assignment.opinion.meeting.host_unit,
        Role.LEADER,
        Role.CLERK,
        reason=_("Only a leader or clerk of the host unit stops the clock."),
    )
    if allowed and not assignment.allows_pause:
        return Decision(False, _("The rule that set this deadline doesn't allow the clock to be stopped."))
    return allowed


def may_work_on(user: User, assignment: Assignment) -> Decision:
    """Accept, return, reply, ask for more time: the people of the lead department."""
    return works_for(
        user,
        assignment.lead_department,
        *DEPARTMENT_ROLES,
        reason=_("Only the people of the lead department do this."),
    )


def may_note_progress(user: User, assignment: Assignment) -> Decision:
    """The lead department and the coordinating ones."""
    if may_work_on(user, assignment):
        return ALLOWED
    units = user.scope.unit_ids_as(*DEPARTMENT_ROLES)
    if units and any(unit.pk in units for unit in assignment.coordinating_departments.all()):
        return ALLOWED
    return Decision(False, _("Only the departments that handle the matter note its progress."))


def may_open_personal_data(user: User, opinion: Opinion, assignment: Assignment | None = None) -> Decision:
    """Who has to get in touch with the citizen: the host's clerks and leaders, and the lead department."""
    if opinion.category == Category.DENUNCIATION:
        if opinion.recorded_by_id == user.pk:
            return ALLOWED
        return Decision(False, _("Only the person who received a denunciation may know who made it."))
    if works_on(user, opinion.meeting) or (assignment is not None and may_work_on(user, assignment)):
        return ALLOWED
    return Decision(
        False, _("Only the host's clerks and leaders and the lead department may open a citizen's personal data.")
    )


def may_comment(user: User) -> Decision:
    if user.scope.is_system_admin or user.scope.has_role(Role.SUPERVISOR):
        return ALLOWED
    return Decision(False, _("Comments of this kind are made by supervisors."))


def may_map_fields(user: User, unit: Unit) -> Decision:
    if has_role_in(user, unit, Role.UNIT_ADMIN, Role.CLERK):
        return ALLOWED
    return Decision(False, _("Only a clerk or an administrator of the unit says which department has which field."))


def may_map_any_field(user: User) -> Decision:
    if user.scope.is_system_admin or user.scope.has_role(Role.UNIT_ADMIN, Role.CLERK):
        return ALLOWED
    return Decision(False, _("Only a clerk or an administrator of a unit says which department has which field."))
