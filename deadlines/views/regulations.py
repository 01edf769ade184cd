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
from deadlines.models import ChangeKind, Regulation, Rule
from deadlines.services import create_regulation
from deadlines.views.changes import address, plain, propose
from deadlines.views.saving import PROPOSED, confirm_page, form_page, posted

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
    """One that ends another is reviewed first; another binds nobody before it has rules, which are."""
    require(policies.may_open_rules(request.user))
    form = RegulationForm(posted(request), actor=request.user)
    is_reviewed = request.method == "POST" and bool(request.POST.get("replaces"))

    def save(form):
        fields = form.fields_to_save()
        if not is_reviewed:
            return create_regulation(actor=request.user, **fields)
        places = [fields["jurisdiction"], fields["replaces"].jurisdiction]
        return propose(request, ChangeKind.RULES, {"op": "create_regulation"} | plain(fields), places)

    return form_page(
        request,
        template="deadlines/regulation_form.html",
        form=form,
        save=save,
        done=address if is_reviewed else _address,
        success=PROPOSED if is_reviewed else _("The regulation has been added. Now add its rules."),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def regulation_edit(request, pk):
    one = get_object_or_404(Regulation.objects.visible_to(request.user).select_related("jurisdiction"), pk=pk)
    require(policies.may_set_rules(request.user, one.jurisdiction))
    form = RegulationForm(posted(request), actor=request.user, initial=RegulationForm.initial_of(one))

    def save(form):
        fields = form.fields_to_save()
        operation = {"op": "edit_regulation", "pk": one.pk, "version": form.cleaned_data["version"] or 0}
        places = [one.jurisdiction, fields["jurisdiction"]]
        if fields["replaces"] and fields["replaces"].pk != one.replaces_id:
            places.append(fields["replaces"].jurisdiction)
        return propose(request, ChangeKind.RULES, operation | plain(fields), places)

    return form_page(
        request,
        template="deadlines/regulation_form.html",
        form=form,
        save=save,
        done=address,
        success=PROPOSED,
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
        save=lambda form: propose(
            request,
            ChangeKind.RULES,
            {"op": "add_rule", "regulation": one.pk} | plain(form.fields_to_save()),
            [one.jurisdiction],
        ),
        done=address,
        success=PROPOSED,
        context={"regulation": one},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request, pk):
    rule = _rule_named(request, pk)

    def save(form):
        operation = {"op": "edit_rule", "pk": rule.pk, "version": form.cleaned_data["version"] or 0}
        operation |= plain(form.fields_to_save())
        return propose(request, ChangeKind.RULES, operation, [rule.regulation.jurisdiction])

    return form_page(
        request,
        template="deadlines/rule_form.html",
        form=RuleForm(posted(request), initial=RuleForm.initial_of(rule)),
        save=save,
        done=address,
        success=PROPOSED,
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
    operation = {"op": "remove_rule", "pk": rule.pk, "version": rule.version}
    return confirm_page(
        request,
        act=lambda: propose(request, ChangeKind.RULES, operation, [rule.regulation.jurisdiction]),
        done=address,
        success=PROPOSED,
        context={
            "title": _("Remove this rule"),
            "facts": facts,
            "consequence": _("Nothing changes yet: the next page shows every open deadline that would move."),
            "button": _("See what would move"),
            "tone": "danger",
            "cancel_url": _address(rule.regulation),
        },
    )
