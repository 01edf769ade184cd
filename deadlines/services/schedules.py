"""The schedules of reminders: which one holds in a place, and their changes by an administrator."""

from collections.abc import Iterable
from datetime import time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError, StaleVersion
from accounts.models import Locality, User
from accounts.policies import require
from audit.services import record
from deadlines import policies
from deadlines.models import Matter, Recipient, ReminderSchedule, ReminderStep, Stage
from deadlines.reminding import DEFAULT_SCHEDULE, FURTHEST_STEP, Schedule, Step
from deadlines.services.office_hours import OFFICE_HOURS

MOST_STEPS = 20
# Later in the day, the sweep and the digest after it would no longer come within office hours.
LATEST_AT = time(16, 30)

_STAGES = list(Stage)
_RECIPIENTS = list(Recipient)


class Schedules:
    """The schedules of one matter; answers for any number of places without a statement."""

    def __init__(self, rows: Iterable[ReminderStep]):
        found: dict[int, list[ReminderStep]] = {}
        for row in rows:
            found.setdefault(row.schedule_id, []).append(row)
        self._kept: dict[str, tuple[ReminderSchedule, Schedule]] = {}
        for steps in found.values():
            kept = steps[0].schedule
            path = kept.locality.path if kept.locality_id else ""
            self._kept[path] = kept, Schedule(tuple(sorted(map(as_step, steps), key=step_order)), kept.at)

    def of(self, path: str) -> Schedule:
        """What holds in the place: the nearest schedule at it or above it, as a whole."""
        kept = self._nearest(path)
        return kept[1] if kept else DEFAULT_SCHEDULE

    def kept_of(self, path: str) -> ReminderSchedule | None:
        """The kept schedule behind ``of``; None where the defaults hold."""
        kept = self._nearest(path)
        return kept[0] if kept else None

    def all(self) -> list[Schedule]:
        """Every schedule that holds somewhere."""
        return [
            *(schedule for _kept, schedule in self._kept.values()),
            *([] if "" in self._kept else [DEFAULT_SCHEDULE]),
        ]

    def _nearest(self, path: str) -> tuple[ReminderSchedule, Schedule] | None:
        for end in range(len(path), -1, -Locality.steplen):
            if path[:end] in self._kept:
                return self._kept[path[:end]]
        return None


def schedules_of(*matters: str) -> dict[str, Schedules]:
    """The schedules of the matters, all in one statement."""
    rows: dict[str, list[ReminderStep]] = {matter: [] for matter in matters}
    steps = ReminderStep.objects.filter(schedule__matter__in=matters).select_related("schedule__locality")
    for step in steps.order_by("schedule", "pk"):
        rows[step.schedule.matter].append(step)
    return {matter: Schedules(found) for matter, found in rows.items()}


def schedules_for(paths: Iterable[str], matter: str) -> dict[str, Schedule]:
    """The schedule of each place by its path, "" for the country's; one query for all of them."""
    schedules = schedules_of(matter)[matter]
    return {path: schedules.of(path) for path in paths}


def as_step(row: ReminderStep) -> Step:
    return Step(Stage(row.stage), row.working_days, row.repeats_daily, Recipient(row.recipient))


def step_order(step: Step) -> tuple:
    """In the order of time, and then from the unit upwards."""
    days = -step.working_days if step.stage == Stage.BEFORE else step.working_days
    return _STAGES.index(step.stage), days, _RECIPIENTS.index(step.recipient)


@transaction.atomic
def set_schedule(
    *, actor: User, matter: str, locality: Locality | None, at: time, steps: Iterable[Step], version: int = 0
) -> ReminderSchedule:
    """Gives the place a schedule of its own for the matter, or changes it; ``version`` is 0 where there is none yet.

    It holds from the next sweep on, for what has not been said yet.
    """
    require(policies.may_set_schedule(actor, locality))
    steps = sorted(steps, key=step_order)
    _check(matter, at, steps)
    kept = ReminderSchedule.objects.select_for_update(of=("self",)).filter(matter=matter, locality=locality).first()
    if kept is not None and kept.version != version:
        raise StaleVersion(_("Somebody else has saved this first."), current=kept)
    if kept is None and version:
        raise ServiceError(_("The schedule has been removed by somebody else."))
    before = _words(kept) if kept else None
    if kept is None:
        try:
            with transaction.atomic():
                kept = ReminderSchedule.objects.create(matter=matter, locality=locality, at=at)
        except IntegrityError:
            kept = ReminderSchedule.objects.get(matter=matter, locality=locality)
            raise StaleVersion(_("Somebody else has saved this first."), current=kept) from None
    else:
        kept.at = at
        kept.version += 1
        kept.save(update_fields=["at", "version"])
        kept.steps.all().delete()
    ReminderStep.objects.bulk_create(
        ReminderStep(
            schedule=kept,
            stage=step.stage,
            working_days=step.working_days,
            repeats_daily=step.repeats_daily,
            recipient=step.recipient,
        )
        for step in steps
    )
    record(
        actor=actor,
        verb="set_schedule",
        target=kept,
        sentence=f"đã đặt lịch nhắc việc “{MATTERS[kept.matter]}” cho {_where(locality)}",
        data={"from": before, "to": _words(kept)},
    )
    return kept


@transaction.atomic
def reset_schedule(schedule: ReminderSchedule, *, actor: User) -> None:
    """Takes the place's own schedule away: what is set above it holds again, or the defaults."""
    saved = ReminderSchedule.objects.select_for_update(of=("self",)).filter(pk=schedule.pk).first()
    if saved is None:
        raise ServiceError(_("The schedule has been removed by somebody else."))
    require(policies.may_set_schedule(actor, saved.locality))
    before = _words(saved)
    target = ReminderSchedule(pk=saved.pk)
    sentence = f"đã bỏ lịch nhắc việc riêng “{MATTERS[saved.matter]}” của {_where(saved.locality)}"
    saved.delete()
    record(actor=actor, verb="reset_schedule", target=target, sentence=sentence, data={"from": before, "to": None})


# As the record of actions calls them, whatever language the administrator reads.
MATTERS = {
    Matter.NOTICE: "thông báo kết luận",
    Matter.ASSIGNMENT: "trả lời ý kiến được giao",
    Matter.ANNOUNCEMENT: "thông báo trước hội nghị",
    Matter.PUBLICATION: "công khai kết quả",
}


def _where(locality: Locality | None) -> str:
    return str(locality) if locality else "cả nước"


def _words(kept: ReminderSchedule) -> dict:
    steps = sorted(map(as_step, kept.steps.all()), key=step_order)
    return {
        "at": f"{kept.at:%H:%M}",
        "steps": [[step.stage, step.working_days, step.repeats_daily, step.recipient] for step in steps],
    }


def _check(matter: str, at: time, steps: list[Step]) -> None:
    if matter not in Matter.values:
        raise ServiceError(_("There are no reminders of this kind."))
    if not OFFICE_HOURS[0] <= at <= LATEST_AT:
        raise ServiceError(
            _("Reminders are written in office hours: choose a time from %(first)s to %(last)s.")
            % {"first": f"{OFFICE_HOURS[0]:%H:%M}", "last": f"{LATEST_AT:%H:%M}"},
            field="at",
        )
    if len(steps) > MOST_STEPS:
        raise ServiceError(_("A schedule has at most %(most)s steps.") % {"most": MOST_STEPS})
    if not any(step.stage == Stage.LATE for step in steps):
        raise ServiceError(
            _("This schedule would remind nobody of what is late. Keep at least one step after the due day.")
        )
    seen = set()
    for step in steps:
        if step.stage == Stage.DUE and step.working_days:
            raise ServiceError(_("On the due day there are no working days to count: leave the number empty or 0."))
        if step.stage != Stage.DUE and not 1 <= step.working_days <= FURTHEST_STEP:
            raise ServiceError(
                _("A step before or after the due day lies 1 to %(most)s working days from it.")
                % {"most": FURTHEST_STEP}
            )
        if step.repeats_daily and step.stage != Stage.LATE:
            raise ServiceError(_("Only what is late can be reminded of daily."))
        key = (step.stage, step.working_days, step.recipient)
        if key in seen:
            raise ServiceError(
                _("The step “%(stage)s, %(days)s working days, %(recipient)s” stands there twice.")
                % {"stage": step.stage.label, "days": step.working_days, "recipient": step.recipient.label}
            )
        seen.add(key)
