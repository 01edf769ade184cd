from django.db import migrations, models

COLUMNS = "kind, target_type, target_id, recipient_id, for_day"


class Migration(migrations.Migration):
    """Reminders of one day are told apart by their occasion, too.

    The ledger is the largest table of all, so its unique index is built beside the old one while reminders go on being
    written. To be undone, it needs the rows that the old index would refuse to be removed first.
    """

    atomic = False

    dependencies = [("deadlines", "0002_changes_and_schedules")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(model_name="reminder", name="reminder_once_a_day"),
                migrations.AddConstraint(
                    model_name="reminder",
                    constraint=models.UniqueConstraint(
                        models.F("kind"),
                        models.F("target_type"),
                        models.F("target_id"),
                        models.F("recipient"),
                        models.F("for_day"),
                        models.F("occasion"),
                        name="reminder_once_an_occasion",
                    ),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY reminder_once_an_occasion"
                    f" ON deadlines_reminder ({COLUMNS}, occasion)",
                    "DROP INDEX CONCURRENTLY reminder_once_an_occasion",
                ),
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY reminder_once_a_day",
                    f"CREATE UNIQUE INDEX CONCURRENTLY reminder_once_a_day ON deadlines_reminder ({COLUMNS})",
                ),
            ],
        )
    ]
