from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("dashboard/", views.dashboard, name="dashboard"),
    path("dashboard/rows/", views.rows, name="rows"),
    path("late/", views.late, name="late"),
    path("obligations/", views.obligations, name="obligations"),
    path("obligations/rows/", views.obligation_rows, name="obligation_rows"),
    path("obligations/at-risk/", views.obligations_at_risk, name="obligations_at_risk"),
    path("work/calendar-feed/", views.calendar_feeds, name="calendar_feeds"),
    path("work/calendar-feed/new/", views.calendar_feed_new, name="calendar_feed_new"),
    path("work/calendar-feed/<int:pk>/revoke/", views.calendar_feed_revoke, name="calendar_feed_revoke"),
    path("lich-ca-nhan/lich.ics", views.calendar_feed_ics, name="calendar_feed_ics"),
    path("returns/", views.return_list, name="returns"),
    path("returns/new/", views.return_new, name="return_new"),
    path("returns/import/", views.return_import, name="return_import"),
    path("returns/template.csv", views.return_template, name="return_template"),
    path("returns/<int:pk>/", views.return_page, name="return"),
    path("returns/<int:pk>/edit/", views.return_edit, name="return_edit"),
    path("returns/<int:pk>/remove/", views.return_remove, name="return_remove"),
]
