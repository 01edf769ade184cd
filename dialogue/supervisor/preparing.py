"""The part of the start that needs Django; a process of its own, so that the supervisor stays small."""

import os
import sys

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import OperationalError

from dialogue.supervisor.starting import PREPARED


def prepare() -> None:
    """Migrates, and loads the demonstration where the database is the embedded one and empty."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dialogue.settings")
    try:
        django.setup()
        print("Bringing the database up to date …", flush=True)
        call_command("migrate", interactive=False, verbosity=1)
        if settings.IS_EMBEDDED and settings.DEMONSTRATION_ALLOWED:
            print("Looking for data; an empty database gets the demonstration (a minute or so) …", flush=True)
            print(PREPARED, flush=True)
            call_command("load_demonstration", if_empty=True)
    except (ImproperlyConfigured, CommandError) as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(f"The database doesn't answer: {error}")


if __name__ == "__main__":
    prepare()
