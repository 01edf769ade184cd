from django.contrib import admin

from deadlines.models import CalendarDay, CalendarYear, Regulation, Reminder, Rule


class _LookOnly(admin.ModelAdmin):
    """Changes go through services, which check and record them."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Regulation)
class RegulationAdmin(_LookOnly):
    list_display = ["number", "title", "jurisdiction", "in_force_from", "in_force_to"]
    list_select_related = ["jurisdiction"]
    search_fields = ["number", "title"]


@admin.register(Rule)
class RuleAdmin(_LookOnly):
    list_display = ["regulation", "obligation", "number", "unit", "level", "meeting_type", "is_verified"]
    list_select_related = ["regulation"]
    list_filter = ["obligation", "is_verified"]


@admin.register(CalendarDay)
class CalendarDayAdmin(_LookOnly):
    list_display = ["day", "kind", "name", "decision_number", "locality"]
    list_select_related = ["locality"]
    date_hierarchy = "day"


@admin.register(CalendarYear)
class CalendarYearAdmin(_LookOnly):
    list_display = ["year", "source", "confirmed_by", "confirmed_at"]
    list_select_related = ["confirmed_by"]


@admin.register(Reminder)
class ReminderAdmin(_LookOnly):
    """The ledger: who was told what for which day, and whether the mail went out."""

    list_display = ["for_day", "kind", "recipient", "subject", "mailed_at", "mail_error"]
    list_select_related = ["recipient"]
    list_filter = ["kind"]
    date_hierarchy = "for_day"
