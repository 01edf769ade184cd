from django.db import migrations, models

# What each issued notice has fixed for ever, on its meeting too; a few thousand at a time.
FILL = """
    UPDATE meetings_meeting AS meeting SET conclusion_days_late = notice.days_late
    FROM notices_notice AS notice
    WHERE notice.meeting_id = meeting.id AND notice.days_late IS NOT NULL AND meeting.concluded_on IS NOT NULL
      AND meeting.conclusion_days_late IS NULL AND meeting.id BETWEEN %s AND %s
"""
STEP = 5000


def fill(apps, schema_editor):
    last = apps.get_model("meetings", "Meeting").objects.aggregate(last=models.Max("pk"))["last"] or 0
    with schema_editor.connection.cursor() as cursor:
        for first in range(1, last + 1, STEP):
            cursor.execute(FILL, [first, first + STEP - 1])


class Migration(migrations.Migration):
    dependencies = [("notices", "0002_deadlines"), ("meetings", "0004_keep_days_late")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
