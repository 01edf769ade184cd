import time

from django.core.management.base import BaseCommand

from accounts.models import Locality, LocalityKind
from accounts.services.localities import load_localities


class Command(BaseCommand):
    help = "Loads the provinces and communes in force since 1 July 2025 and the abolished ones whose past is kept."

    def handle(self, *args, **options):
        began = time.monotonic()
        loaded = load_localities()
        in_force = Locality.objects.filter(abolished_on=None)
        self.stdout.write(
            f"{in_force.filter(kind=LocalityKind.PROVINCE).count()} provinces, "
            f"{in_force.filter(kind=LocalityKind.COMMUNE).count()} communes in force, "
            f"{Locality.objects.exclude(abolished_on=None).count()} abolished localities. "
            f"Added {loaded.added}, renamed {loaded.renamed}, unchanged {loaded.unchanged} "
            f"in {time.monotonic() - began:.1f} s."
        )
