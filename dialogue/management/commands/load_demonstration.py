from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.test.utils import override_settings

from dialogue import demonstration
from dialogue.demonstration.people import LOGINS, PASSWORD


class Command(BaseCommand):
    help = "Loads the demonstration data into an empty database and prints its logins."

    def add_arguments(self, parser):
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where there are people or meetings already"
        )

    def handle(self, *args, if_empty, **options):
        if not settings.DEMONSTRATION_ALLOWED:
            raise CommandError(
                "This is a production start (DATABASE_URL is set): the demonstration is not loaded and its logins are "
                "refused. Set DEMONSTRATION_ALLOWED=1 to try the demonstration on a server of your own."
            )
        if demonstration.is_empty():
            # The letters that the loading would queue are about days long gone: nobody is told.
            with override_settings(CELERY_TASK_ALWAYS_EAGER=False):
                demonstration.load()
        elif not if_empty:
            raise CommandError("The database is not empty; the demonstration is only loaded into an empty one.")
        if demonstration.is_loaded():
            self._print_logins()

    def _print_logins(self):
        self.stdout.write(f"Demonstration logins (password of each: {PASSWORD})")
        for login in LOGINS:
            self.stdout.write(f"  {login.username:<10} {login.what}")
