from django.contrib import admin

from meetings.models import Field


@admin.register(Field)
class FieldAdmin(admin.ModelAdmin):
    """Meetings themselves are written by services only."""

    list_display = ["name", "parent", "position"]
    list_select_related = ["parent"]
    search_fields = ["name"]
