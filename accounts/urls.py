from django.urls import path

from accounts.views import own, people, places, roles, units

app_name = "accounts"
urlpatterns = [
    path("settings/", own.settings, name="settings"),
    path("settings/people/", people.people, name="people"),
    path("settings/people/new/", people.person_new, name="person_new"),
    path("settings/people/<int:pk>/", people.person, name="person"),
    path("settings/people/<int:pk>/edit/", people.person_edit, name="person_edit"),
    path("settings/people/<int:pk>/close/", people.person_close, name="person_close"),
    path("settings/people/<int:pk>/reopen/", people.person_reopen, name="person_reopen"),
    path("settings/people/<int:pk>/password-link/", people.person_password_link, name="person_password_link"),
    path("settings/people/<int:pk>/roles/new/", roles.role_give, name="role_give"),
    path("settings/roles/<int:pk>/end/", roles.role_end, name="role_end"),
    path("settings/units/", units.units, name="units"),
    path("settings/units/new/", units.unit_new, name="unit_new"),
    path("settings/units/options/", places.unit_options, name="unit_options"),
    path("settings/units/<int:pk>/", units.unit, name="unit"),
    path("settings/units/<int:pk>/edit/", units.unit_edit, name="unit_edit"),
    path("settings/units/<int:pk>/dissolve/", units.unit_dissolve, name="unit_dissolve"),
    path("settings/localities/", places.localities, name="localities"),
    path("settings/localities/options/", places.locality_options, name="locality_options"),
    path("settings/localities/<int:pk>/", places.locality, name="locality"),
    path("settings/localities/<int:pk>/areas/new/", places.residential_area_new, name="residential_area_new"),
    path("profile/", own.profile, name="profile"),
    path("profile/switch/", roles.switch, name="switch"),
]
