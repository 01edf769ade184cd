from django.core.management.base import BaseCommand

from deadlines.loading import load_calendar


class Command(BaseCommand):
    help = "Loads the swapped working days and confirms the years that were checked. Safe to run again."

    def handle(self, *args, **options):
        added = load_calendar()
        self.stdout.write(f"Lịch làm việc: thêm {added} dòng.")
