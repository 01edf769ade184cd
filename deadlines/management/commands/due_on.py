import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.models import Locality
from accounts.text import fold, nfc
from deadlines.counting import CALENDAR_DAYS, WORKING_DAYS, CountError, count, count_back
from deadlines.dates import read_date, read_number
from deadlines.services import working_calendar


class Command(BaseCommand):
    help = "Works out a due date: prints every counted and skipped day and, alone on the last line, the date."

    def add_arguments(self, parser):
        parser.add_argument("start", help="the day of the event: 2026-08-21 or 21/08/2026")
        limit = parser.add_mutually_exclusive_group(required=True)
        limit.add_argument("--working-days", metavar="N", help="the limit in working days")
        limit.add_argument("--calendar-days", metavar="N", help="the limit in calendar days")
        parser.add_argument("--locality", metavar="NAME", help="count by the calendar of this place")
        parser.add_argument("--before", action="store_true", help="count back: the last day to act before the event")

    def handle(self, *, start, working_days, calendar_days, locality, before, **options):
        try:
            unit, number = (WORKING_DAYS, working_days) if working_days is not None else (CALENDAR_DAYS, calendar_days)
            calendar = working_calendar(_place(locality) if locality else None)
            answer = (count_back if before else count)(read_date(start), read_number(number), unit, calendar)
        except CountError as error:
            self.stderr.write(str(error))
            sys.exit(2)
        for line in answer.lines():
            self.stdout.write(line)
        self.stdout.write(answer.due_on.isoformat())


def _place(text: str) -> Locality:
    """The locality of that name; "Phường Tân Phú, Quận Cũ" tells it from others of the same name."""
    name, *above = [nfc(part).strip().casefold() for part in text.split(",")]
    # PostgreSQL without ICU doesn't know that "Ờ" and "ờ" are one letter; Python does.
    found = [place for place in Locality.objects.filter(name_folded=fold(name)) if place.name.casefold() == name]
    if above:
        found = [place for place in found if set(above) <= _names_above(place)]
    if not found:
        raise CountError(_("There is no locality named “%(name)s”.") % {"name": text[:100]})
    if len(found) > 1:
        raise CountError(
            _("Several localities are named “%(name)s”: add what they lie in, as in “Phường Tân Phú, Tỉnh Đồng Nai”.")
            % {"name": text[:100]}
        )
    return found[0]


def _names_above(place: Locality) -> set[str]:
    return {one.name.casefold() for one in Locality.objects.get_ancestors(place)}
