"""Invited units, their answers and the people they send."""

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.errors import ServiceError
from accounts.models import Unit, UnitKind
from accounts.policies import require
from meetings import policies, services
from meetings.forms import AnswerForm, InviteForm
from meetings.models import Invitation, Meeting
from meetings.views.common import demand, get_meeting, page, staff_view


def _units_to_invite(meeting: Meeting) -> list[Unit]:
    """Everybody of the host's place, and the leading bodies and departments of the places above it."""
    path = meeting.host_unit.locality.path
    above = [path[:end] for end in range(4, len(path) + 1, 4)]
    invited = meeting.invitations.exclude(unit=None).values("unit")
    units = Unit.objects.filter(
        Q(locality__path__in=above) | Q(locality__path__startswith=path, kind=UnitKind.DEPARTMENT),
        dissolved_on=None,
    )
    units = units.exclude(pk__in=invited).exclude(pk=meeting.host_unit_id).select_related("locality")
    return list(units.order_by("-locality__depth", "name", "pk")[:400])


@staff_view
def invitations(request: HttpRequest, pk: int) -> HttpResponse:
    meeting = get_meeting(request, pk)
    demand(request, meeting, policies.may_edit(request.user, meeting))
    form = InviteForm(request.POST or None, units=_units_to_invite(meeting))
    status = 200
    if request.method == "POST" and form.is_valid():
        names = form.cleaned_data["names"].splitlines()
        try:
            made = services.invite(meeting, actor=request.user, units=form.cleaned_data["units"], names=names)
        except ServiceError as refusal:
            form.take(refusal)
            status = 422
        else:
            messages.success(request, _("%(number)s invitations added.") % {"number": len(made)})
            return redirect("meetings:invitations", pk=meeting.pk)
    context = {
        "meeting": meeting,
        "form": form,
        "invitations": meeting.invitations.select_related("unit"),
    }
    return page(request, "meetings/invitations.html", context, form, status=status)


def _get_invitation(request: HttpRequest, pk: int) -> Invitation:
    """Of a visible meeting, or addressed to one of the person's own units."""
    mine = Q(meeting__in=Meeting.objects.visible_to(request.user)) | Q(unit__in=request.user.scope.unit_ids)
    found = Invitation.objects.filter(mine).select_related("unit", "meeting__host_unit__locality", "meeting__locality")
    return get_object_or_404(found, pk=pk)


@staff_view
def invitation_answer(request: HttpRequest, pk: int) -> HttpResponse:
    invitation = _get_invitation(request, pk)
    if policies.is_open(invitation.meeting):
        require(policies.may_answer_invitation(request.user, invitation))
    else:
        raise ServiceError(policies.is_open(invitation.meeting).reason)
    initial = {name: getattr(invitation, name) for name in ("answer", "person", "position")}
    form = AnswerForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_invitation(invitation, actor=request.user, **form.cleaned_data)
        except ServiceError as refusal:
            form.take(refusal)
            status = 422 if refusal.field else 409
        else:
            messages.success(request, _("The answer has been recorded."))
            return redirect(_after_answer(request, invitation))
    context = {"invitation": invitation, "meeting": invitation.meeting, "form": form}
    return page(request, "meetings/invitation_answer.html", context, form, status=status)


def _after_answer(request: HttpRequest, invitation: Invitation) -> str:
    if policies.works_on(request.user, invitation.meeting):
        return reverse("meetings:invitations", args=[invitation.meeting_id])
    if Meeting.objects.visible_to(request.user).filter(pk=invitation.meeting_id).exists():
        return reverse("meetings:detail", args=[invitation.meeting_id])
    return reverse("meetings:invitation_answer", args=[invitation.pk])


@staff_view
def invitation_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """``pk`` is the invitation's."""
    invitation = _get_invitation(request, pk)
    demand(request, invitation.meeting, policies.may_edit(request.user, invitation.meeting))
    if request.method == "POST":
        name, meeting_pk = str(invitation), invitation.meeting_id
        services.withdraw_invitation(invitation, actor=request.user)
        messages.success(request, _("The invitation of %(name)s has been withdrawn.") % {"name": name})
        return redirect("meetings:invitations", pk=meeting_pk)
    context = {
        "meeting": invitation.meeting,
        "title": _("Withdraw the invitation"),
        "facts": [
            (_("Invited"), str(invitation)),
            (_("Meeting"), invitation.meeting.topic),
            (_("Answer"), invitation.get_answer_display()),
        ],
        "consequence": _("The answer recorded goes with it; the history keeps that there was an invitation."),
        "button": _("Withdraw the invitation"),
        "cancel_url": reverse("meetings:invitations", args=[invitation.meeting_id]),
    }
    return page(request, "meetings/step.html", context)
