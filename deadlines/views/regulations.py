from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policies import require
from audit.models import Event
from deadlines import policies
from deadlines.clock import today
from deadlines.forms import RegulationForm, RuleForm
from deadlines.models import Regulation, Rule
from deadlines.services import add_rule, create_regulation, edit_regulation, edit_rule, remove_rule
from deadlines.views.saving import confirm_page, form_page, posted

HISTORY_SIZE = 50


def _address(regulation: Regulation) -> str:
    return reverse("deadlines:regulation", kwargs={"pk": regulation.pk})


def _rule_named(request, pk: int) -> Rule:
    rules = Rule.objects.visible_to(request.user).select_related("regulation__jurisdiction")
    rule = get_object_or_404(rules, pk=pk)
    require(policies.may_set_rules(request.user, rule.regulation.jurisdiction))
    return rule


@login_required
@require_safe
def regulations(request):
    """Everything that binds the places one sees."""
    found = Regulation.objects.visible_to(request.user).select_related("jurisdiction").prefetch_related("rules")
    context = {"regulations": found, "today": today(), "may_add": policies.may_open_rules(request.user)}
    return render(request, "deadlines/regulations.html", context)


@login_required
@require_safe
def regulation(request, pk):
    found = Regulation.objects.visible_to(request.user).select_related("jurisdiction", "replaces")
    one = get_object_or_404(found, pk=pk)
    context = {
        "regulation": one,
        "rules": one.rules.order_by("obligation", "level", "meeting_type", "pk"),
        "replaced_by": list(one.replaced_by.all()),
        "events": Event.objects.about(one).select_related("actor")[:HISTORY_SIZE],
        "today": today(),
        "may_edit": policies.may_set_rules(request.user, one.jurisdiction),
    }
    return render(request, "deadlines/regulation.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def regulation_new(request):
    require(policies.may_open_rules(request.user))
    return form_page(
        request,
        template="deadlines/regulation_form.html",
        form=RegulationForm(posted(request), actor=request.user),
        save=lambda form: create_regulation(actor=request.user, **form.fields_to_save()),
        done=_address,
        success=_("The regulation has been added. Now add its rules."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def regulation_edit(request, pk):
    one = get_object_or_404(Regulation.objects.visible_to(request.user).select_related("jurisdiction"), pk=pk)
    require(policies.may_set_rules(request.user, one.jurisdiction))
    form = RegulationForm(posted(request), actor=request.user, initial=RegulationForm.initial_of(one))
    return form_page(
        request,
        template="deadlines/regulation_form.html",
        form=form,
        save=lambda form: edit_regulation(
            one, actor=request.user, version=form.cleaned_data["version"] or 0, **form.fields_to_save()
        ),
        done=_address,
        success=_("The regulation has been changed. Meetings already held keep their deadlines."),
        context={"regulation": one},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request, pk):
    one = get_object_or_404(Regulation.objects.visible_to(request.user).select_related("jurisdiction"), pk=pk)
    require(policies.may_set_rules(request.user, one.jurisdiction))
    return form_page(
        request,
        template="deadlines/rule_form.html",
        form=RuleForm(posted(request)),
        save=lambda form: add_rule(one, actor=request.user, **form.fields_to_save()),
        done=lambda rule: _address(one),
        success=_("The rule has been added. It binds meetings held from now on."),
        context={"regulation": one},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request, pk):
    rule = _rule_named(request, pk)
    return form_page(
        request,
        template="deadlines/rule_form.html",
        form=RuleForm(posted(request), initial=RuleForm.initial_of(rule)),
        save=lambda form: edit_rule(
            rule, actor=request.user, version=form.cleaned_data["version"] or 0, **form.fields_to_save()
        ),
        done=lambda saved: _address(rule.regulation),
        success=_("The rule has been changed. Meetings already held keep their deadlines."),
        context={"regulation": rule.regulation, "rule": rule},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_remove(request, pk):
    rule = _rule_named(request, pk)
    facts = [
        (_("Regulation"), rule.regulation.number),
        (_("Obligation"), rule.get_obligation_display()),
        (_("Limit"), f"{rule.number} {rule.get_unit_display()}"),
        (_("Level"), rule.get_level_display() or _("All levels")),
        (_("Type of meeting"), rule.get_meeting_type_display() or _("All types")),
    ]
    return confirm_page(
        request,
        act=lambda: remove_rule(rule, actor=request.user),
        done=_address(rule.regulation),
        success=_("The rule has been removed."),
        context={
            "title": _("Remove this rule"),
            "facts": facts,
            "consequence": _("Meetings held from now on are no longer bound by it."),
            "button": _("Remove the rule"),
            "tone": "danger",
            "cancel_url": _address(rule.regulation),
        },
    )
