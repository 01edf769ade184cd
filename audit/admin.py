from django.contrib import admin

from audit.models import Event


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    """The record is looked at, never touched."""

    list_display = ["at", "actor", "verb", "sentence"]
    list_select_related = ["actor"]
    list_filter = ["verb"]
    search_fields = ["sentence"]
    date_hierarchy = "at"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
