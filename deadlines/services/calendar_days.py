"""Changes of the working calendar by an administrator, each recorded with the decision behind it."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import ServiceError, StaleVersion
from accounts.models import Locality, User
from audit.services import record
from deadlines.counting import EARLIEST, LATEST, long_date
from deadlines.models import CalendarDay, CalendarYear, DayKind
from deadlines.services.calendar import calendar_without, forget_calendars

FIELDS = ("day", "kind", "name", "decision_number", "decision_date", "locality")


@transaction.atomic
def add_calendar_day(
    *,
    actor: User | None,
    day: date,
    kind: str,
    name: str,
    decision_number: str = "",
    decision_date: date | None = None,
    locality: Locality | None = None,
) -> CalendarDay:
    """Makes a day off or a working day, in the whole country or in one place and below."""
    added = CalendarDay(
        day=day,
        kind=kind,
        name=name.strip(),
        decision_number=decision_number.strip(),
        decision_date=decision_date,
        locality=locality,
    )
    _check(added)
    added.save()
    forget_calendars()
    record(actor=actor, verb="add_calendar_day", target=added, sentence=f"đã thêm vào lịch: {_named(added)}")
    return added


@transaction.atomic
def edit_calendar_day(calendar_day: CalendarDay, *, actor: User, version: int, **changes) -> CalendarDay:
    """Changes a day of the calendar."""
    saved = CalendarDay.objects.select_for_update().filter(pk=calendar_day.pk).first()
    if saved is None:
        raise ServiceError(_("The day has been removed by somebody else."))
    if saved.version != version:
        raise StaleVersion(_("Somebody else has saved this first."), current=saved)
    before = {name: str(getattr(saved, name)) for name in FIELDS}
    for name, value in changes.items():
        setattr(saved, name, value)
    _check(saved)
    saved.version += 1
    saved.save()
    forget_calendars()
    after = {name: str(getattr(saved, name)) for name in FIELDS}
    record(
        actor=actor,
        verb="edit_calendar_day",
        target=saved,
        sentence=f"đã sửa ngày trong lịch: {_named(saved)}",
        data={name: {"from": before[name], "to": after[name]} for name in FIELDS if before[name] != after[name]},
    )
    return saved


@transaction.atomic
def remove_calendar_day(calendar_day: CalendarDay, *, actor: User, version: int | None = None) -> None:
    """Takes the day out of the calendar: it is again what the holidays make of it."""
    saved = CalendarDay.objects.select_for_update().filter(pk=calendar_day.pk).first()
    if saved is None:
        raise ServiceError(_("The day has been removed by somebody else."))
    if version not in (None, saved.version):
        raise StaleVersion(_("Somebody else has saved this first."), current=saved)
    record(
        actor=actor,
        verb="remove_calendar_day",
        target=saved,
        sentence=f"đã xóa khỏi lịch: {_named(saved)}",
        data={name: str(getattr(saved, name)) for name in FIELDS},
    )
    saved.delete()
    forget_calendars()


@transaction.atomic
def confirm_year(*, actor: User | None, year: int, source: str = "") -> CalendarYear:
    """States that the year's days off and swapped days are complete: its deadlines are no longer provisional."""
    if not EARLIEST.year <= year <= LATEST.year:
        raise ServiceError(_("The year has to lie between 2000 and 2099."), field="year")
    confirmed, is_new = CalendarYear.objects.get_or_create(
        year=year, defaults={"source": source.strip(), "confirmed_by": actor}
    )
    if not is_new:
        raise ServiceError(_("The year %(year)s has been confirmed already.") % {"year": year}, field="year")
    forget_calendars()
    record(actor=actor, verb="confirm_year", target=confirmed, sentence=f"đã xác nhận lịch nghỉ năm {year}")
    return confirmed


def _check(calendar_day: CalendarDay) -> None:
    day = calendar_day.day
    if calendar_day.kind not in DayKind.values:
        raise ServiceError(_("A day of the calendar is a day off or a working day."), field="kind")
    if not calendar_day.name:
        raise ServiceError(_("Say why the day differs from others."), field="name")
    if not EARLIEST <= day <= LATEST:
        raise ServiceError(_("The date has to lie between 01/01/2000 and 31/12/2099."), field="day")
    if calendar_day.kind == DayKind.DAY_OFF and day.weekday() >= 5 and not _is_made_up(calendar_day):
        raise ServiceError(
            _("%(day)s is a Saturday or Sunday, a day off already.") % {"day": f"{day:%d/%m/%Y}"}, field="day"
        )
    same = CalendarDay.objects.filter(day=day, locality=calendar_day.locality).exclude(pk=calendar_day.pk)
    if same.exists():
        raise ServiceError(
            _("%(day)s is in the calendar already: change that entry.") % {"day": f"{day:%d/%m/%Y}"}, field="day"
        )
    if calendar_day.kind == DayKind.WORKING_DAY and day.weekday() < 5 and not _is_off_otherwise(calendar_day):
        raise ServiceError(
            _("%(day)s is a working day already; a make-up day is a day off on which people work.")
            % {"day": f"{day:%d/%m/%Y}"},
            field="day",
        )


def _is_made_up(calendar_day: CalendarDay) -> bool:
    """A Saturday worked elsewhere can be a day off here."""
    return not _calendar_above(calendar_day).is_day_off(calendar_day.day)


def _is_off_otherwise(calendar_day: CalendarDay) -> bool:
    return _calendar_above(calendar_day).is_day_off(calendar_day.day)


def _calendar_above(calendar_day: CalendarDay):
    """What the day would be without this entry."""
    return calendar_without(calendar_day)


def _named(calendar_day: CalendarDay) -> str:
    kind = "ngày nghỉ" if calendar_day.kind == DayKind.DAY_OFF else "ngày làm việc"
    decision = f" theo {calendar_day.decision_number}" if calendar_day.decision_number else ""
    place = f", {calendar_day.locality}" if calendar_day.locality else ""
    return f"{long_date(calendar_day.day)} là {kind} ({calendar_day.name}{decision}{place})"
