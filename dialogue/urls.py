from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

urlpatterns = [
    path("", include("portal.urls")),
    path("", include("reports.urls")),
    path("", include("notices.urls")),
    path("", include("feedback.urls")),
    path("", include("meetings.urls")),
    path("", include("deadlines.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
]
