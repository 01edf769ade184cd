from django.core.management.base import BaseCommand, CommandError

from reports.places import NotOne
from reports.published import load_published_returns


class Command(BaseCommand):
    help = "Loads the returns published for the demonstration localities; safe to run again."

    def handle(self, *args, **options):
        try:
            returns = load_published_returns()
        except NotOne as error:
            raise CommandError(str(error), returncode=2) from error
        for one in returns:
            self.stdout.write(f"{one}: {one.source}")
