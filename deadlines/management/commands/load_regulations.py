from django.core.management.base import BaseCommand, CommandError

from accounts.errors import ServiceError
from deadlines.loading import load_regulations


class Command(BaseCommand):
    help = "Loads the regulations that bind the whole country. Safe to run again."

    def handle(self, *args, **options):
        try:
            added = load_regulations()
        except ServiceError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Quy định toàn quốc: thêm {added} văn bản.")
