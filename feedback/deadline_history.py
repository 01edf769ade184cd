"""The whole history of an assignment's deadline: the rule's date, another set by hand, requests, pauses, moves."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from audit.models import Event
from deadlines.history import Entry, dmy, first_date, in_order, of_moves
from deadlines.models import Move, MoveCause
from deadlines.services.moves import moves_by_target
from feedback.models import Assignment, Extension, Verdict


def with_histories(assignments: list[Assignment], events: Iterable[Event]) -> list[Assignment]:
    """The assignments of one opinion, each with its ``deadline_history``: one query for the moves of all."""
    moves = moves_by_target(Assignment, [one.pk for one in assignments])
    for assignment in assignments:
        assignment.deadline_history = deadline_history(assignment, moves[assignment.pk], events)
    return assignments


def deadline_history(assignment: Assignment, moves: Iterable[Move], events: Iterable[Event]) -> list[Entry]:
    """``moves`` are the assignment's; ``events`` those of its opinion, of which it takes what concerns the deadline."""
    moves = list(moves)
    own = [event for event in events if event.data.get("assignment") == assignment.pk]
    return in_order(
        _beginning(assignment, moves, own),
        *(_of_extension(extension, moves) for extension in assignment.extensions.all()),
        [_of_pause(event) for event in own if event.verb == "pause_assignment"],
        of_moves(moves, leave_out=[MoveCause.EXTENSION]),
    )


def _beginning(assignment: Assignment, moves: list[Move], events: list[Event]) -> list[Entry]:
    """What the rule gave when the matter was assigned, and the other date that was set instead."""
    given = next((event.data for event in events if event.verb == "assign_opinion"), {})
    by_rule = _day(given.get("rule_due_on")) or assignment.rule_due_on
    due_on = _day(given.get("due_on")) or (moves[0].due_on_before if moves else assignment.due_on)
    who = assignment.assigned_by.full_name
    entries = [first_date(at=assignment.assigned_at, due_on=by_rule, law=assignment.law, who=who)]
    if due_on != by_rule:
        reason = given.get("due_reason") or ("" if moves else assignment.due_reason)
        sentence = _("Another date was set: %(date)s.") % {"date": dmy(due_on)}
        entries.append(Entry(assignment.assigned_at, sentence, reason=reason, who=who))
    return entries


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _of_extension(extension: Extension, moves: list[Move]) -> list[Entry]:
    asked = _("More time was asked for, until %(date)s.") % {"date": dmy(extension.asked_until)}
    entries = [Entry(extension.asked_at, asked, reason=extension.reason, who=extension.asked_by.full_name)]
    if extension.verdict_at is None:
        return entries
    if extension.verdict == Verdict.ACCEPTED:
        move = next(
            (m for m in moves if m.cause == MoveCause.EXTENSION and m.due_on_after == extension.asked_until), None
        )
        before = move.due_on_before if move else extension.due_on_before
        values = {"before": dmy(before), "after": dmy(extension.asked_until)}
        sentence = _("More time was granted: the date moved from %(before)s to %(after)s.") % values
    else:
        sentence = _("More time until %(date)s was refused.") % {"date": dmy(extension.asked_until)}
    who = extension.verdict_by.full_name if extension.verdict_by else ""
    return [*entries, Entry(extension.verdict_at, sentence, reason=extension.remark, who=who)]


def _of_pause(event: Event) -> Entry:
    sentence = _("The clock was stopped from %(date)s on.") % {"date": dmy(_day(event.data["paused_on"]))}
    return Entry(event.at, sentence, reason=event.data["reason"], who=event.actor.full_name if event.actor else "")
