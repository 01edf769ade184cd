"""Who gets which answer from the pages of the deadlines."""

from datetime import date

from deadlines.models import (
    CalendarDay,
    Change,
    DayKind,
    Obligation,
    Quantity,
    Regulation,
    Reminder,
    ReminderKind,
    ReminderSchedule,
    Rule,
)
from deadlines.services import propose_change

EVERYBODY = {
    "anonymous": 302,
    "ward_clerk": 200,
    "ward_leader": 200,
    "department_officer": 200,
    "sibling_clerk": 200,
    "superior_leader": 200,
    "front_supervisor": 200,
    "ward_admin": 200,
    "system_admin": 200,
}
ADMINISTRATORS = EVERYBODY | {
    "ward_clerk": 403,
    "ward_leader": 403,
    "department_officer": 403,
    "sibling_clerk": 403,
    "superior_leader": 403,
    "front_supervisor": 403,
}
# A record of the ward: the sibling ward doesn't see it.
OF_THE_WARD = EVERYBODY | {"sibling_clerk": 404, "sibling_leader": 404}
ADMINISTRATORS_OF_THE_WARD = ADMINISTRATORS | {"sibling_clerk": 404, "sibling_leader": 404}
POST_ONLY = {"anonymous": 302, "ward_clerk": 405, "sibling_clerk": 405}

ACCESS = {
    "deadlines:working_out": EVERYBODY,
    "deadlines:system": ADMINISTRATORS | {"ward_admin": 403},
    "deadlines:reminders": EVERYBODY,
    "deadlines:reminder_read": POST_ONLY,
    "deadlines:reminders_read_all": POST_ONLY,
    "deadlines:mail_setting": EVERYBODY,
    "deadlines:schedules": EVERYBODY,
    "deadlines:schedule_country": ADMINISTRATORS | {"ward_admin": 403},
    "deadlines:schedule_place": ADMINISTRATORS,
    "deadlines:schedule_reset": ADMINISTRATORS_OF_THE_WARD,
    "deadlines:calendar": EVERYBODY,
    "deadlines:calendar_import": ADMINISTRATORS,
    "deadlines:import_template": ADMINISTRATORS,
    "deadlines:day_new": ADMINISTRATORS,
    "deadlines:day_edit": ADMINISTRATORS_OF_THE_WARD,
    "deadlines:day_remove": ADMINISTRATORS_OF_THE_WARD,
    "deadlines:year_confirm": ADMINISTRATORS | {"ward_admin": 403},
    "deadlines:changes": ADMINISTRATORS,
    "deadlines:change": ADMINISTRATORS_OF_THE_WARD,
    "deadlines:change_moves": ADMINISTRATORS_OF_THE_WARD,
    "deadlines:change_apply": POST_ONLY,
    "deadlines:change_discard": POST_ONLY,
    "deadlines:regulations": EVERYBODY,
    "deadlines:regulation_new": ADMINISTRATORS,
    "deadlines:regulation": OF_THE_WARD,
    "deadlines:regulation_edit": ADMINISTRATORS_OF_THE_WARD,
    "deadlines:rule_new": ADMINISTRATORS_OF_THE_WARD,
    "deadlines:rule_edit": ADMINISTRATORS_OF_THE_WARD,
    "deadlines:rule_remove": ADMINISTRATORS_OF_THE_WARD,
}


def make_regulation(place, number="12-QĐ/ĐU", **fields) -> Regulation:
    return Regulation.objects.create(
        number=number,
        title="Quy chế tiếp xúc, đối thoại",
        issuer="Đảng ủy",
        in_force_from=fields.pop("in_force_from", date(2025, 7, 1)),
        jurisdiction=place,
        **fields,
    )


def make_rule(regulation, **fields) -> Rule:
    values = {"obligation": Obligation.CONCLUSION_NOTICE, "number": 10, "unit": Quantity.WORKING_DAYS} | fields
    return Rule.objects.create(regulation=regulation, **values)


def make_day(place, day=date(2026, 9, 4), **fields) -> CalendarDay:
    values = {"kind": DayKind.DAY_OFF, "name": "Nghỉ tránh bão"} | fields
    return CalendarDay.objects.create(day=day, locality=place, **values)


def make_reminder(recipient, target, **fields) -> Reminder:
    values = {
        "kind": ReminderKind.NOTICE_DUE,
        "target_type": target._meta.label_lower,
        "target_id": target.pk,
        "for_day": date(2026, 9, 7),
        "due_on": date(2026, 9, 8),
        "subject": "Thông báo kết luận đến hạn ngày 08/09/2026",
    } | fields
    return Reminder.objects.create(recipient=recipient, **values)


def make_schedule(place, matter="notice", **fields) -> ReminderSchedule:
    schedule = ReminderSchedule.objects.create(matter=matter, locality=place, **fields)
    schedule.steps.create(stage="due")
    schedule.steps.create(stage="late", working_days=1, repeats_daily=True)
    return schedule


def make_change(cast, place, day="2026-09-04") -> Change:
    """A storm day of the place, waiting for review."""
    operation = {"op": "add_day", "day": day, "kind": "day_off", "name": "Nghỉ tránh bão", "locality": place.pk}
    return propose_change(kind="calendar", operations=[operation], locality=place, proposed_by=cast.system_admin)


def kwargs_for(name, cast):
    action = name.partition(":")[2]
    if action.startswith("change_") or action == "change":
        return {"pk": make_change(cast, cast.ward).pk}
    if action == "year_confirm":
        return {"year": 2027}
    if action in {"day_edit", "day_remove"}:
        return {"pk": make_day(cast.ward).pk}
    if action in {"regulation", "regulation_edit", "rule_new"}:
        return {"pk": make_regulation(cast.ward).pk}
    if action in {"rule_edit", "rule_remove"}:
        return {"pk": make_rule(make_regulation(cast.ward)).pk}
    if action == "schedule_country":
        return {"matter": "notice"}
    if action == "schedule_place":
        return {"matter": "notice", "pk": cast.ward.pk}
    if action == "schedule_reset":
        return {"pk": make_schedule(cast.ward).pk}
    if action == "reminder_read":
        return {"pk": make_reminder(cast.ward_clerk, cast.ward).pk}
    return {}
