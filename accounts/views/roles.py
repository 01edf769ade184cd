"""Giving and ending roles, and choosing the one to act in."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.errors import ServiceError
from accounts.forms import EndRoleForm, RoleForm
from accounts.models import Membership, Unit, User
from accounts.policies import may_end_membership, require
from accounts.views.common import attempt, posted, settings_page


@require_http_methods(["GET", "POST"])
@settings_page
def role_give(request, pk):
    someone = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    form, status = RoleForm(posted(request), actor=request.user, today=timezone.localdate()), 200
    if request.method == "POST":
        given, status, _stale = attempt(form, lambda data: services.give_role(someone, actor=request.user, **data))
        if given:
            messages.success(request, _("%(name)s now holds the role.") % {"name": someone})
            return redirect("accounts:person", pk=pk)
    return render(request, "accounts/role_give.html", {"form": form, "someone": someone}, status=status)


@require_http_methods(["GET", "POST"])
@settings_page
def role_end(request, pk):
    roles = Membership.objects.filter(unit__in=Unit.objects.visible_to(request.user).values("pk"))
    role = get_object_or_404(roles.select_related("user", "unit__locality"), pk=pk)
    require(may_end_membership(request.user, role))
    has_begun = role.valid_from <= timezone.localdate()
    initial = {"valid_to": min(filter(None, [timezone.localdate(), role.valid_to]))}
    form, status = EndRoleForm(posted(request), has_begun=has_begun, initial=initial), 200
    if request.method == "POST":
        ended, status, _stale = attempt(form, lambda data: services.end_role(role, actor=request.user, **data))
        if ended:
            words = _("The role ends on %(day)s.") if has_begun else _("The role is taken back.")
            messages.success(request, words % {"day": f"{ended.valid_to or role.valid_from:%d/%m/%Y}"})
            return redirect("accounts:person", pk=role.user_id)
    context = {
        "title": _("End a role of %(name)s") % {"name": role.user},
        "facts": [
            (_("Role"), role.get_role_display()),
            (_("Unit"), f"{role.unit}, {role.unit.locality}"),
            (_("Held since"), f"{role.valid_from:%d/%m/%Y}"),
        ],
        "consequence": _("After its last day the role opens nothing any more. What was done under it stays.")
        if has_begun
        else _("The role has not begun; it is taken back as if it had never been given."),
        "form": form,
        "button": _("End the role"),
        "tone": "danger",
        "cancel_url": reverse("accounts:person", kwargs={"pk": role.user_id}),
    }
    return render(request, "components/confirm.html", context, status=status)


@login_required
@require_POST
def switch(request):
    asked = request.POST.get("membership", "")
    chosen = int(asked) if asked.isdecimal() and len(asked) < 19 else None
    try:
        role = services.switch_acting(request.session, actor=request.user, membership_id=chosen)
        words = _("You are acting as %(role)s.") % {"role": role} if role else _("You are acting in all your roles.")
        messages.success(request, words)
    except ServiceError as error:
        messages.error(request, str(error))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = resolve_url(settings.LOGIN_REDIRECT_URL)
    return redirect(back)
