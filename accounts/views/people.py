"""People: list, account, opening, changing and closing it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import journal, services
from accounts.errors import ServiceError
from accounts.filters import PeopleFilter
from accounts.forms import NewPersonForm, PersonForm
from accounts.models import Membership, Unit, User
from accounts.policies import may_deactivate_person, may_edit_person, require
from accounts.views.common import PER_PAGE, attempt, posted, settings_page

_EDITED = ("full_name", "email", "phone", "position")


@require_GET
@settings_page
def people(request):
    today = timezone.localdate()
    managed = Unit.objects.managed_by(request.user)
    listed = User.objects.all()
    if not request.user.scope.is_system_admin:
        listed = listed.filter(pk__in=Membership.objects.filter(unit__in=managed.values("pk")).values("user"))
    current = Membership.objects.current(on=today).select_related("unit__locality").order_by("pk")
    found = PeopleFilter(request.GET, today=today, queryset=listed.order_by("full_name", "pk"))
    page = Paginator(found.qs.prefetch_related(Prefetch("memberships", current, to_attr="roles_today")), PER_PAGE)
    context = {"filterset": found, "page_obj": page.get_page(request.GET.get("page"))}
    return render(request, "accounts/people.html", context)


@require_GET
@settings_page
def person(request, pk):
    someone = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    roles = list(someone.memberships.select_related("unit__locality").order_by("-valid_from", "-pk"))
    managed = set(
        Unit.objects.managed_by(request.user).filter(pk__in=[r.unit_id for r in roles]).values_list(flat=True)
    )
    today = timezone.localdate()
    for role in roles:
        role.is_over = role.valid_to is not None and role.valid_to < today
        role.is_to_come = role.valid_from > today
        role.can_end = role.unit_id in managed and not role.is_over
    context = {
        "someone": someone,
        "roles": roles,
        "may_edit": may_edit_person(request.user, someone),
        "is_self": someone.pk == request.user.pk,
        "events": journal.history_of(someone)[:50],
    }
    return render(request, "accounts/person.html", context)


@require_http_methods(["GET", "POST"])
@settings_page
def person_new(request):
    today = timezone.localdate()
    form = NewPersonForm(posted(request), actor=request.user, today=today, initial={"unit": _unit_asked_for(request)})
    status = 200
    if request.method == "POST":
        created, status, _stale = attempt(form, lambda data: services.create_person(actor=request.user, **data))
        if created:
            _send_link(request, created, opened=True)
            return redirect("accounts:person", pk=created.pk)
    return render(request, "accounts/person_new.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@settings_page
def person_edit(request, pk):
    someone = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    require(may_edit_person(request.user, someone))
    saved_now = {name: getattr(someone, name) for name in (*_EDITED, "version")}
    form, status, stale = PersonForm(posted(request), initial=saved_now), 200, None
    if request.method == "POST":
        saved, status, stale = attempt(form, lambda data: services.edit_person(someone, actor=request.user, **data))
        if saved:
            messages.success(request, _("The account is saved."))
            return redirect("accounts:person", pk=pk)
    context = {"form": form, "someone": someone, "stale_record": stale}
    return render(request, "accounts/person_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@settings_page
def person_close(request, pk):
    someone = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    require(may_deactivate_person(request.user, someone))
    if request.method == "POST":
        return _change(request, someone, services.deactivate_person, _("The account is closed."))
    context = {
        "title": _("Close the account of %(name)s") % {"name": someone},
        "facts": [(_("User name"), someone.username), (_("E-mail"), someone.email)],
        "consequence": _(
            "The person is signed out at once and can't sign in any more. Everything they did stays, with their name. "
            "An administrator can open the account again."
        ),
        "button": _("Close the account"),
        "tone": "danger",
        "cancel_url": reverse("accounts:person", kwargs={"pk": pk}),
    }
    return render(request, "components/confirm.html", context)


@settings_page
@require_POST
def person_reopen(request, pk):
    someone = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    return _change(request, someone, services.reactivate_person, _("The account is open again."))


@settings_page
@require_POST
def person_password_link(request, pk):
    someone = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    require(may_edit_person(request.user, someone))
    _send_link(request, someone)
    return redirect("accounts:person", pk=pk)


def _change(request, someone, service, done):
    try:
        service(someone, actor=request.user)
        messages.success(request, done)
    except ServiceError as error:
        messages.error(request, str(error))
    return redirect("accounts:person", pk=someone.pk)


def _send_link(request, someone, *, opened=False):
    try:
        services.send_password_link(someone, actor=request.user)
    except ServiceError as error:
        messages.error(request, str(error))
        return
    words = {"email": someone.email}
    if opened:
        messages.success(request, _("The account is open; the link to choose a password went to %(email)s.") % words)
    else:
        messages.success(request, _("The link to choose a password went to %(email)s.") % words)


def _unit_asked_for(request):
    asked = request.GET.get("unit", "")
    if not asked.isdecimal() or len(asked) > 18:
        return None
    return Unit.objects.managed_by(request.user).select_related("locality").filter(pk=asked).first()
