"""The Django admin as a second way in for system administrators; every page of the work does without it."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from accounts.models import Locality, Membership, Unit, User


def use_the_login_of_the_project(site: admin.AdminSite) -> None:
    """Sends whoever wants in through the project's login with its second factor; staff alone get through."""
    site.login = secure_admin_login(site.login)


class _ReadOnlyAdmin(admin.ModelAdmin):
    """Looks only: changes go through services, which check, record and keep versions."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Locality)
class LocalityAdmin(_ReadOnlyAdmin):
    list_display = ["name", "kind", "code", "in_force_from", "abolished_on"]
    list_filter = ["kind"]
    search_fields = ["name_folded", "code"]
    readonly_fields = ["successors"]


@admin.register(Unit)
class UnitAdmin(_ReadOnlyAdmin):
    list_display = ["name", "locality", "kind", "superior", "dissolved_on"]
    list_filter = ["kind"]
    list_select_related = ["locality", "superior"]
    search_fields = ["name_folded", "locality__name_folded"]


@admin.register(User)
class UserAdmin(_ReadOnlyAdmin):
    list_display = ["full_name", "username", "email", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["full_name_folded", "username", "email"]
    exclude = ["password"]


@admin.register(Membership)
class MembershipAdmin(_ReadOnlyAdmin):
    list_display = ["user", "role", "unit", "valid_from", "valid_to"]
    list_filter = ["role"]
    list_select_related = ["user", "unit"]
    search_fields = ["user__full_name_folded", "unit__name_folded"]
