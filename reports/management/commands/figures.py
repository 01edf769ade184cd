import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.components.words import vn_number
from accounts.models import Level
from deadlines.models import MeetingType
from reports.figures import figures
from reports.places import NotOne, find_locality
from reports.sums import MEASURES
from reports.words import bounded, level_name, period_text, type_name, why_left_out


def _day(text: str) -> date:
    """2017-01-01 or 01/01/2017."""
    day, slash, rest = text.strip().partition("/")
    iso = text.strip()
    if slash:
        month, _slash, year = rest.partition("/")
        iso = f"{year:0>4}-{month:0>2}-{day:0>2}"
    try:
        return date.fromisoformat(iso)
    except ValueError as error:
        sentence = _("“%(text)s” is not a day; write it as 2017-01-31 or 31/01/2017.") % {"text": text}
        raise CommandError(sentence, returncode=2) from error


class Command(BaseCommand):
    help = "Prints the figures of a locality, the same that the dashboard shows."

    def add_arguments(self, parser):
        parser.add_argument("--locality", required=True, help='name, or "name, province"')
        parser.add_argument("--province", default="", help="province, where several localities share the name")
        parser.add_argument("--from", dest="day_from", help="first day of the period")
        parser.add_argument("--to", dest="day_to", help="last day of the period")
        parser.add_argument("--level", default="", choices=["", *Level.values])
        parser.add_argument("--type", dest="meeting_type", default="", choices=["", *MeetingType.values])
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args, **options):
        with translation.override("vi"):
            self._print(options)

    def _print(self, options):
        day_from = _day(options["day_from"]) if options["day_from"] else None
        day_to = _day(options["day_to"]) if options["day_to"] else None
        if day_from and day_to and day_to < day_from:
            raise CommandError(_("The period ends before it starts."), returncode=2)
        try:
            locality = find_locality(options["locality"], province=options["province"])
        except NotOne as error:
            raise CommandError(str(error), returncode=2) from error
        found = figures(
            locality=locality,
            period_from=day_from,
            period_to=day_to,
            level=options["level"],
            meeting_type=options["meeting_type"],
        )
        if options["as_json"]:
            self.stdout.write(json.dumps(found.as_json(), ensure_ascii=False, indent=2))
            return
        self._table(found)

    def _table(self, found):
        self.stdout.write(f"{found.locality}, {period_text(found.period_from, found.period_to)}")
        names = {
            "meetings": _("Meetings"),
            "attendances": _("Attendances"),
            "speeches": _("Speeches"),
            "opinions": _("Opinions"),
            "answered": _("Answered"),
        }
        rows = [["", *names.values()]]
        rows += [
            [f"{level_name(c.level)}, {type_name(c.meeting_type)}", *(bounded(c.sum, name) for name in MEASURES)]
            for c in found.by_level_and_type
        ]
        rows.append([_("Total"), *(bounded(found.total, name) for name in MEASURES)])
        widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
        for row in rows:
            first, *numbers = (
                text.ljust(w) if n == 0 else text.rjust(w) for n, (text, w) in enumerate(zip(row, widths, strict=True))
            )
            self.stdout.write("  ".join([first, *numbers]).rstrip())
        if found.total.rated_opinions and "answered" in found.total.partial:
            self.stdout.write(
                _("Answered: %(answered)s of the %(opinions)s opinions whose answers are known.")
                % {
                    "answered": vn_number(found.total.rated_answered),
                    "opinions": vn_number(found.total.rated_opinions),
                }
            )
        for name, number in found.by_field.items():
            self.stdout.write(f"{name}: {vn_number(number)}")
        for one in found.included:
            self.stdout.write(_("Included: %(source)s") % {"source": one.record.source})
        for record, why in found.left_out:
            self.stdout.write(f"{record}: {why_left_out(why)}")
