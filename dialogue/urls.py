from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from accounts.admin import use_the_login_of_the_project
from dialogue import health
from reports.views import work

# The admin is entered through the same door as everything else, second factor included.
use_the_login_of_the_project(admin.site)
handler403 = "accounts.views.errors.refused"

urlpatterns = [
    path("", include("portal.urls")),
    path("work/", work, name="work"),
    path("health/", health.health, name="health"),
    path("health/live/", health.live, name="health_live"),
    path("", include("reports.urls")),
    path("", include("notices.urls")),
    path("", include("feedback.urls")),
    path("", include("meetings.urls")),
    path("", include("deadlines.urls")),
    path("", include("audit.urls")),
    path("", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("language/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
]
