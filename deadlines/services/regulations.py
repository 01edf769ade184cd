"""Regulations and their rules: every change is recorded, and what bound a meeting once held stays as it was."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.errors import ServiceError, StaleVersion
from accounts.models import Locality, User
from accounts.text import fold
from audit.services import record
from deadlines.counting import MAX_NUMBER
from deadlines.models import Obligation, Quantity, Regulation, Rule

REGULATION_FIELDS = (
    "number", "title", "issuer", "issued_on", "in_force_from", "in_force_to", "replaces", "jurisdiction", "note",
)  # fmt: skip
RULE_FIELDS = (
    "obligation", "level", "meeting_type", "number", "unit", "article", "source", "is_verified", "extension_days",
    "allows_pause",
)  # fmt: skip
QUOTAS = frozenset({Obligation.MEETING_QUOTA, Obligation.RECEPTION_DAYS})


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
    """Adds a regulation that binds the jurisdiction and everything below it; what it replaces ends the day before."""
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
    _end_replaced(regulation, actor=actor)
    _check_succession(regulation)
    regulation.save()
    record(actor=actor, verb="create_regulation", target=regulation, sentence=f"đã thêm quy định {regulation.number}")
    return regulation


@transaction.atomic
def edit_regulation(regulation: Regulation, *, actor: User, version: int, **changes) -> Regulation:
    """Changes a regulation; one that it comes to replace ends the day before."""
    saved = Regulation.objects.select_for_update().get(pk=regulation.pk)
    replaced = saved.replaces_id
    before = _start_edit(saved, version, changes, REGULATION_FIELDS)
    _check_regulation(saved)
    if saved.replaces_id != replaced:
        _end_replaced(saved, actor=actor)
    _check_succession(saved)
    for rule in saved.rules.order_by("pk"):
        rule.regulation = saved
        _check_against_issuer(rule, field="in_force_from")
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
    extension_days: int | None = None,
    allows_pause: bool = False,
) -> Rule:
    """Adds a rule to a regulation; an empty level or type means all of them.

    ``extension_days`` is by how much the limit may be extended: 0 not at all, None where the regulation says nothing.
    """
    regulation = Regulation.objects.select_for_update().get(pk=regulation.pk)
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
        extension_days=extension_days,
        allows_pause=allows_pause,
    )
    _check_rule(rule)
    rule.save()
    record(actor=actor, verb="add_rule", target=rule, parent=regulation, sentence=f"đã thêm quy tắc {_named(rule)}")
    return rule


@transaction.atomic
def edit_rule(rule: Rule, *, actor: User, version: int, **changes) -> Rule:
    """Changes a rule. What is open keeps what bound it until a change that says otherwise is applied."""
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
    before = _kept(saved, fields)
    for name, value in changes.items():
        setattr(saved, name, value)
    return before


def _kept(saved, fields: tuple[str, ...]) -> dict:
    return {name: str(getattr(saved, name)) for name in fields}


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


def _end_replaced(regulation: Regulation, *, actor: User | None) -> None:
    """The replaced regulation ends on the day before its successor."""
    if not regulation.replaces_id:
        return
    replaced = Regulation.objects.select_for_update().get(pk=regulation.replaces_id)
    last_day = regulation.in_force_from - timedelta(days=1)
    if replaced.in_force_from > last_day:
        raise ServiceError(
            _("%(number)s, which it replaces, is in force only from %(day)s: a successor comes later.")
            % {"number": replaced.number, "day": f"{replaced.in_force_from:%d/%m/%Y}"},
            field="in_force_from",
        )
    if replaced.in_force_to is None or replaced.in_force_to > last_day:
        before = _kept(replaced, REGULATION_FIELDS)
        replaced.in_force_to = last_day
        replaced.version += 1
        replaced.save(update_fields=["in_force_to", "version"])
        record(
            actor=actor,
            verb="edit_regulation",
            target=replaced,
            sentence=f"đã kết thúc hiệu lực quy định {replaced.number} sau ngày {last_day:%d/%m/%Y}, "
            f"do {regulation.number} thay thế",
            data=_changes(replaced, before),
        )
    regulation.replaces = replaced


def _check_succession(regulation: Regulation) -> None:
    """A regulation and its successor are never in force on the same day."""
    replaced = regulation.replaces
    if replaced is not None and (replaced.in_force_to is None or replaced.in_force_to >= regulation.in_force_from):
        raise _beside(replaced, regulation, field="in_force_from")
    if regulation.pk is None:
        return
    for successor in regulation.replaced_by.order_by("in_force_from", "pk"):
        if regulation.in_force_to is None or regulation.in_force_to >= successor.in_force_from:
            raise _beside(regulation, successor, field="in_force_to")


def _beside(replaced: Regulation, successor: Regulation, *, field: str) -> ServiceError:
    return ServiceError(
        _("%(replaced)s would still be in force beside %(successor)s, which replaces it: it has to end by %(day)s.")
        % {
            "replaced": replaced.number,
            "successor": successor.number,
            "day": f"{successor.in_force_from - timedelta(days=1):%d/%m/%Y}",
        },
        field=field,
    )


def _check_rule(rule: Rule) -> None:
    if rule.number is None or not 1 <= rule.number <= MAX_NUMBER:
        raise ServiceError(_("The number has to lie between 1 and %(most)s.") % {"most": MAX_NUMBER}, field="number")
    is_quota = rule.obligation in QUOTAS
    units = {Quantity.PER_YEAR, Quantity.DAYS_A_MONTH} if is_quota else {Quantity.WORKING_DAYS, Quantity.CALENDAR_DAYS}
    if rule.unit not in units:
        raise ServiceError(_("This obligation can't be counted in that unit."), field="unit")
    _check_more_time(rule, is_quota=is_quota)
    _check_within_regulation(rule)
    _check_against_issuer(rule, field="obligation")


def _check_more_time(rule: Rule, *, is_quota: bool) -> None:
    if rule.extension_days is not None:
        if is_quota:
            raise ServiceError(
                _("A number of meetings or days has no due date that could be extended; leave this empty."),
                field="extension_days",
            )
        if not 0 <= rule.extension_days <= MAX_NUMBER:
            raise ServiceError(
                _("An extension lies between 0 and %(most)s days.") % {"most": MAX_NUMBER}, field="extension_days"
            )
    if rule.allows_pause and rule.obligation != Obligation.REPLY:
        raise ServiceError(_("Only the clock of a reply to an opinion can be stopped."), field="allows_pause")


def _check_within_regulation(rule: Rule) -> None:
    others = Rule.objects.filter(regulation=rule.regulation, obligation=rule.obligation).exclude(pk=rule.pk)
    for other in others.order_by("pk"):
        if (other.level, other.meeting_type) == (rule.level, rule.meeting_type):
            raise ServiceError(
                _("The regulation already has a rule for the same obligation, level and type: change that one."),
                field="obligation",
            )
        if _meet(rule, other):
            raise ServiceError(
                _(
                    "The regulation already sets %(limit)s for the same obligation (%(scope)s), and some meetings would"
                    " fall under both rules. Let each meeting fall under one: “all” stands for every level or type."
                )
                % {"limit": _limit(other), "scope": _scope(other)},
                field="level" if rule.level != other.level else "meeting_type",
            )


def _check_against_issuer(rule: Rule, *, field: str) -> None:
    """Different issuers may both bind, as Party and State do; one issuer says one thing at a time."""
    mine = rule.regulation
    others = (
        Rule.objects.filter(regulation__jurisdiction=mine.jurisdiction_id, obligation=rule.obligation)
        .exclude(regulation=mine.pk)
        .select_related("regulation")
        .order_by("pk")
    )
    for other in others:
        theirs = other.regulation
        if not (_is_same_issuer(mine, theirs) and _meet(rule, other) and _overlap(mine, theirs)):
            continue
        says_the_same = (rule.number, rule.unit) == (other.number, other.unit)
        sentence = (
            _(
                "%(number)s of the same issuer already sets %(limit)s (%(scope)s) for days on which both are in force:"
                " this rule would only repeat it."
            )
            if says_the_same
            else _(
                "%(number)s of the same issuer sets %(limit)s (%(scope)s) for days on which both are in force: they"
                " contradict each other. End one of the regulations, or say that one replaces the other."
            )
        )
        raise ServiceError(
            sentence % {"number": theirs.number, "limit": _limit(other), "scope": _scope(other)}, field=field
        )


def _is_same_issuer(one: Regulation, other: Regulation) -> bool:
    return " ".join(fold(one.issuer).split()) == " ".join(fold(other.issuer).split())


def _meet(one: Rule, other: Rule) -> bool:
    """Whether a meeting could fall under both; an empty level or type stands for all."""
    return all(
        "" in pair or pair[0] == pair[1] for pair in ((one.level, other.level), (one.meeting_type, other.meeting_type))
    )


def _overlap(one: Regulation, other: Regulation) -> bool:
    return (one.in_force_to is None or one.in_force_to >= other.in_force_from) and (
        other.in_force_to is None or other.in_force_to >= one.in_force_from
    )


def _limit(rule: Rule) -> str:
    return f"{rule.number} {rule.get_unit_display()}"


def _scope(rule: Rule) -> str:
    level = rule.get_level_display() or _("All levels")
    return f"{level}; {rule.get_meeting_type_display() or _('All types')}"


def _named(rule: Rule) -> str:
    # The record is kept in Vietnamese, whatever language the person works in.
    with translation.override("vi"):
        return f"“{rule}” của {rule.regulation.number}"
