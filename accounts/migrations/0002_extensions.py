from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    """Trigram indexes carry the search without diacritics of meetings and opinions."""

    dependencies = [("accounts", "0001_initial")]
    run_before = [("meetings", "0001_initial"), ("feedback", "0001_initial")]
    operations = [TrigramExtension()]
