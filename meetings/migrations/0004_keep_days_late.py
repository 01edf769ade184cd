from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("meetings", "0003_publication_due")]

    operations = [
        migrations.AddField(
            model_name="meeting",
            name="conclusion_days_late",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name="working days late"),
        ),
        migrations.AddConstraint(
            model_name="meeting",
            constraint=models.CheckConstraint(
                condition=Q(conclusion_days_late=None) | ~Q(concluded_on=None),
                name="meeting_late_only_when_concluded",
            ),
        ),
    ]
