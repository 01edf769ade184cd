"""Regulations and their rules: every change is recorded, and what bound a meeting once held stays as it was."""

from datetime import date

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import ServiceError, StaleVersion
from accounts.models import Locality, User
from audit.services import record
from deadlines.counting import MAX_NUMBER
from deadlines.models import Quantity, Regulation, Rule

REGULATION_FIELDS = (
    "number", "title", "issuer", "issued_on", "in_force_from", "in_force_to", "replaces", "jurisdiction", "note",
)  # fmt: skip
RULE_FIELDS = ("obligation", "level", "meeting_type", "number", "unit", "article", "source", "is_verified")


@transaction.atomic
def create_regulation(
    *,
    actor: User | None,
    number: str,
    title: str,
    issuer: str,
    in_force_from: date,
    jurisdiction: Locality,
    issued_on: date | None = None,
    in_force_to: date | None = None,
    replaces: Regulation | None = None,
    note: str = "",
) -> Regulation:
    """Adds a regulation that binds the jurisdiction and everything below it."""
    regulation = Regulation(
        number=number.strip(),
        title=title.strip(),
        issuer=issuer.strip(),
        issued_on=issued_on,
        in_force_from=in_force_from,
        in_force_to=in_force_to,
        replaces=replaces,
        jurisdiction=jurisdiction,
        note=note,
    )
    _check_regulation(regulation)
    regulation.save()
    record(actor=actor, verb="create_regulation", target=regulation, sentence=f"đã thêm quy định {regulation.number}")
    return regulation


@transaction.atomic
def edit_regulation(regulation: Regulation, *, actor: User, version: int, **changes) -> Regulation:
    """Changes a regulation. Meetings already held keep the deadlines that were worked out for them."""
    saved = Regulation.objects.select_for_update().get(pk=regulation.pk)
    before = _start_edit(saved, version, changes, REGULATION_FIELDS)
    _check_regulation(saved)
    saved.version += 1
    saved.save()
    record(
        actor=actor,
        verb="edit_regulation",
        target=saved,
        sentence=f"đã sửa quy định {saved.number}",
        data=_changes(saved, before),
    )
    return saved


@transaction.atomic
def add_rule(
    regulation: Regulation,
    *,
    actor: User | None,
    obligation: str,
    number: int,
    unit: str,
    level: str = "",
    meeting_type: str = "",
    article: str = "",
    source: str = "",
    is_verified: bool = False,
) -> Rule:
    """Adds a rule to a regulation; an empty level or type means all of them."""
    Regulation.objects.select_for_update().get(pk=regulation.pk)
    rule = Rule(
        regulation=regulation,
        obligation=obligation,
        level=level,
        meeting_type=meeting_type,
        number=number,
        unit=unit,
        article=article.strip(),
        source=source.strip(),
        is_verified=is_verified,
    )
    _check_rule(rule)
    rule.save()
    record(actor=actor, verb="add_rule", target=rule, parent=regulation, sentence=f"đã thêm quy tắc {_named(rule)}")
    return rule


@transaction.atomic
def edit_rule(rule: Rule, *, actor: User, version: int, **changes) -> Rule:
    """Changes a rule for meetings held from now on."""
    saved = Rule.objects.select_for_update(of=("self",)).select_related("regulation").get(pk=rule.pk)
    before = _start_edit(saved, version, changes, RULE_FIELDS)
    _check_rule(saved)
    saved.version += 1
    saved.save()
    record(
        actor=actor,
        verb="edit_rule",
        target=saved,
        parent=saved.regulation,
        sentence=f"đã sửa quy tắc {_named(saved)}",
        data=_changes(saved, before),
    )
    return saved


@transaction.atomic
def remove_rule(rule: Rule, *, actor: User, version: int | None = None) -> None:
    """Removes a rule that has bound no meeting yet; one that has is ended by its regulation's last day."""
    saved = Rule.objects.select_for_update(of=("self",)).select_related("regulation").filter(pk=rule.pk).first()
    if saved is None:
        raise ServiceError(_("The rule has been removed already."))
    if version not in (None, saved.version):
        raise StaleVersion(_("Somebody else has saved this first."), current=saved)
    if is_in_use(saved):
        raise ServiceError(
            _("The rule has already bound a meeting, so it stays. To end it, give its regulation a last day in force.")
        )
    record(
        actor=actor,
        verb="remove_rule",
        target=saved,
        parent=saved.regulation,
        sentence=f"đã xóa quy tắc {_named(saved)}",
        data={name: str(getattr(saved, name)) for name in RULE_FIELDS},
    )
    saved.delete()


def is_in_use(rule: Rule) -> bool:
    """Whether another app's record points at the rule: a meeting's snapshot does."""
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: rule}).exists()
        for relation in rule._meta.related_objects
    )


def _start_edit(saved, version: int, changes: dict, fields: tuple[str, ...]) -> dict:
    if saved.version != version:
        raise StaleVersion(_("Somebody else has saved this first."), current=saved)
    unknown = set(changes) - set(fields)
    if unknown:
        raise TypeError(f"unknown fields: {sorted(unknown)}")
    before = {name: str(getattr(saved, name)) for name in fields}
    for name, value in changes.items():
        setattr(saved, name, value)
    return before


def _changes(saved, before: dict) -> dict:
    after = {name: str(getattr(saved, name)) for name in before}
    return {name: {"from": before[name], "to": after[name]} for name in before if before[name] != after[name]}


def _check_regulation(regulation: Regulation) -> None:
    if regulation.in_force_to and regulation.in_force_to < regulation.in_force_from:
        raise ServiceError(_("The last day in force lies before the first."), field="in_force_to")
    if regulation.issued_on and regulation.issued_on > regulation.in_force_from:
        raise ServiceError(_("A regulation can't be in force before it was issued."), field="in_force_from")
    if regulation.replaces_id and _leads_back(regulation):
        raise ServiceError(_("A regulation can't replace itself, nor one that replaces it."), field="replaces")
    same = Regulation.objects.filter(number=regulation.number, jurisdiction=regulation.jurisdiction)
    if same.exclude(pk=regulation.pk).exists():
        raise ServiceError(_("This jurisdiction already has a regulation of that number."), field="number")


def _leads_back(regulation: Regulation) -> bool:
    seen, replaced = set(), regulation.replaces
    while replaced is not None and replaced.pk not in seen:
        if replaced.pk == regulation.pk:
            return True
        seen.add(replaced.pk)
        replaced = replaced.replaces
    return False


def _check_rule(rule: Rule) -> None:
    if rule.number is None or not 1 <= rule.number <= MAX_NUMBER:
        raise ServiceError(_("The number has to lie between 1 and %(most)s.") % {"most": MAX_NUMBER}, field="number")
    if rule.obligation in {"meeting_quota", "reception_days"}:
        units = {Quantity.PER_YEAR, Quantity.DAYS_A_MONTH}
    else:
        units = {Quantity.WORKING_DAYS, Quantity.CALENDAR_DAYS}
    if rule.unit not in units:
        raise ServiceError(_("This obligation can't be counted in that unit."), field="unit")
    others = Rule.objects.filter(
        regulation=rule.regulation, obligation=rule.obligation, level=rule.level, meeting_type=rule.meeting_type
    )
    if others.exclude(pk=rule.pk).exists():
        raise ServiceError(
            _("The regulation already has a rule for the same obligation, level and type: change that one."),
            field="obligation",
        )


def _named(rule: Rule) -> str:
    # The record is kept in Vietnamese, whatever language the person works in.
    with translation.override("vi"):
        return f"“{rule}” của {rule.regulation.number}"
