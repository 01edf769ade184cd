from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# The earliest snapshotted deadline of the publication, a few thousand meetings at a time.
FILL = """
    UPDATE meetings_meeting AS meeting SET publication_due_on = earliest.due_on
    FROM (
        SELECT meeting_id, min(due_on) AS due_on FROM meetings_deadlinesnapshot
        WHERE obligation = 'publication' AND meeting_id BETWEEN %s AND %s GROUP BY meeting_id
    ) AS earliest
    WHERE meeting.id = earliest.meeting_id AND meeting.publication_due_on IS NULL
"""
STEP = 5000


def fill(apps, schema_editor):
    last = apps.get_model("meetings", "Meeting").objects.aggregate(last=models.Max("pk"))["last"] or 0
    with schema_editor.connection.cursor() as cursor:
        for first in range(1, last + 1, STEP):
            cursor.execute(FILL, [first, first + STEP - 1])


class Migration(migrations.Migration):
    # An index that is built while people go on working can't be built inside a transaction.
    atomic = False

    dependencies = [("meetings", "0002_deadlines")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        AddIndexConcurrently(
            model_name="meeting",
            index=models.Index(
                condition=models.Q(("published_on", None), ("state", "held")),
                fields=["publication_due_on"],
                name="meeting_unpublished",
            ),
        ),
    ]
