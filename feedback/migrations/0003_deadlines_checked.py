from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Checks the rows that stood before, without the lock that adding a checked constraint would hold meanwhile."""

    dependencies = [("feedback", "0002_deadlines")]

    operations = [ValidateConstraint(model_name="assignment", name="assignment_paused_only_where_allowed")]
