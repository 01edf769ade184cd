from django.urls import path

from deadlines.views import calendar, changes, importing, regulations, reminders, schedules, system, working_out

app_name = "deadlines"
urlpatterns = [
    path("deadlines/working-out/", working_out.working_out, name="working_out"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/<int:pk>/read/", reminders.reminder_read, name="reminder_read"),
    path("reminders/read-all/", reminders.reminders_read_all, name="reminders_read_all"),
    path("reminders/settings/", reminders.mail_setting, name="mail_setting"),
    path("settings/reminders/", schedules.schedules, name="schedules"),
    path("settings/reminders/<str:matter>/", schedules.schedule_country, name="schedule_country"),
    path("settings/reminders/<str:matter>/<int:pk>/", schedules.schedule_place, name="schedule_place"),
    path("settings/schedules/<int:pk>/reset/", schedules.schedule_reset, name="schedule_reset"),
    path("settings/calendar/", calendar.calendar, name="calendar"),
    path("settings/calendar/import/", importing.calendar_import, name="calendar_import"),
    path("settings/calendar/import/template/", importing.import_template, name="import_template"),
    path("settings/calendar/days/new/", calendar.day_new, name="day_new"),
    path("settings/calendar/days/<int:pk>/edit/", calendar.day_edit, name="day_edit"),
    path("settings/calendar/days/<int:pk>/remove/", calendar.day_remove, name="day_remove"),
    path("settings/calendar/<int:year>/confirm/", calendar.year_confirm, name="year_confirm"),
    path("settings/changes/", changes.changes, name="changes"),
    path("settings/changes/<int:pk>/", changes.change, name="change"),
    path("settings/changes/<int:pk>/moves.csv", changes.change_moves, name="change_moves"),
    path("settings/changes/<int:pk>/apply/", changes.change_apply, name="change_apply"),
    path("settings/changes/<int:pk>/discard/", changes.change_discard, name="change_discard"),
    path("settings/regulations/", regulations.regulations, name="regulations"),
    path("settings/regulations/new/", regulations.regulation_new, name="regulation_new"),
    path("settings/regulations/<int:pk>/", regulations.regulation, name="regulation"),
    path("settings/regulations/<int:pk>/edit/", regulations.regulation_edit, name="regulation_edit"),
    path("settings/regulations/<int:pk>/rules/new/", regulations.rule_new, name="rule_new"),
    path("settings/rules/<int:pk>/edit/", regulations.rule_edit, name="rule_edit"),
    path("settings/rules/<int:pk>/remove/", regulations.rule_remove, name="rule_remove"),
    path("settings/system/", system.system, name="system"),
]
