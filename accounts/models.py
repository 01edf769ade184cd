"""Localities (the tree of places), units (the bodies acting in them), people and the roles they hold."""

from datetime import date

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Lower, Substr
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from accounts.scope import Scope
from accounts.text import fold


class Level(models.TextChoices):
    """The level of authority a meeting, rule or figure belongs to."""

    PROVINCE = "province", _("Province level")
    DISTRICT = "district", _("District level")  # abolished on 1 July 2025; the past keeps it
    COMMUNE = "commune", _("Commune level")


def _with_its_folded_form(kwargs: dict, name: str) -> None:
    """What is saved with a name is the folded name too, also where only some fields are saved."""
    if kwargs.get("update_fields") is not None and name in kwargs["update_fields"]:
        kwargs["update_fields"] = {*kwargs["update_fields"], f"{name}_folded"}


class LocalityKind(models.TextChoices):
    COUNTRY = "country", _("Country")
    PROVINCE = "province", _("Province or centrally run city")
    DISTRICT = "district", _("District (historical)")
    COMMUNE = "commune", _("Commune, ward or special zone")
    RESIDENTIAL_AREA = "residential_area", _("Residential area")


class LocalityQuerySet(MP_NodeQuerySet):
    def in_force(self, *, on: date):
        """Localities that exist on the given day."""
        return self.filter(Q(in_force_from=None) | Q(in_force_from__lte=on)).filter(
            Q(abolished_on=None) | Q(abolished_on__gt=on)
        )

    def within(self, locality):
        """The locality and everything below it."""
        return self.filter(path__startswith=locality.path)

    def matching(self, text: str):
        """Search by name with or without diacritics."""
        return self.filter(name_folded__contains=fold(text))

    def with_province(self):
        """Each with ``province_name``, the name of the province it is in."""
        province = Locality.objects.filter(path=Substr(OuterRef("path"), 1, 2 * Locality.steplen))
        return self.annotate(province_name=Subquery(province.order_by().values("name")[:1]))


class LocalityManager(MP_NodeManager.from_queryset(LocalityQuerySet)):
    def get_queryset(self):
        # treebeard's manager names its own queryset class; ours adds to it.
        return LocalityQuerySet(self.model, using=self._db).order_by("path")


class Locality(MP_Node):
    """A place in the tree country > province > (district) > commune > residential area.

    ``code`` is the official code of its kind and period; a code can return after a reform, so it is unique only
    together with the kind and the day the locality came into force. ``abolished_on`` is the first day on which
    the locality no longer exists.
    """

    name = models.CharField(_("name"), max_length=200)
    name_folded = models.CharField(max_length=200, editable=False, db_index=True)
    kind = models.CharField(_("kind"), max_length=20, choices=LocalityKind)
    code = models.CharField(_("official code"), max_length=20, blank=True)
    in_force_from = models.DateField(_("in force from"), null=True, blank=True)
    abolished_on = models.DateField(_("abolished on"), null=True, blank=True)
    successors = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="predecessors")

    objects = LocalityManager()

    class Meta:
        verbose_name = _("locality")
        verbose_name_plural = _("localities")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(
                "kind",
                "code",
                "in_force_from",
                name="locality_code_once_a_period",
                condition=~Q(code=""),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="locality_abolished_after_start",
                condition=Q(abolished_on=None) | Q(in_force_from=None) | Q(abolished_on__gt=F("in_force_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.name_folded = fold(self.name)
        _with_its_folded_form(kwargs, "name")
        super().save(*args, **kwargs)

    def exists_on(self, day: date) -> bool:
        return (self.in_force_from is None or self.in_force_from <= day) and (
            self.abolished_on is None or day < self.abolished_on
        )

    @property
    def level(self) -> str:
        """The level of authority of bodies acting here; a residential area belongs to its commune."""
        if self.kind == LocalityKind.RESIDENTIAL_AREA:
            return Level.COMMUNE
        return Level.PROVINCE if self.kind == LocalityKind.COUNTRY else Level(self.kind)


class UnitKind(models.TextChoices):
    PARTY_COMMITTEE = "party_committee", _("Party committee")
    PARTY_BOARD = "party_board", _("Party advisory board")
    PEOPLES_COMMITTEE = "peoples_committee", _("People's Committee")
    PEOPLES_COUNCIL = "peoples_council", _("People's Council")
    FATHERLAND_FRONT = "fatherland_front", _("Fatherland Front")
    SOCIOPOLITICAL_ORG = "sociopolitical_org", _("Socio-political organisation")
    DEPARTMENT = "department", _("Department")


# The bodies that direct a whole locality, unlike a department or an organisation, which directs only itself.
COMMITTEES = frozenset({UnitKind.PARTY_COMMITTEE, UnitKind.PEOPLES_COMMITTEE})


class Regime(models.TextChoices):
    """Which rules a unit's documents follow."""

    STATE = "state", _("State document")
    PARTY = "party", _("Party document")


class UnitQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user.scope.locality_condition("locality__path"))

    def active(self, *, on: date):
        return self.filter(Q(dissolved_on=None) | Q(dissolved_on__gt=on))

    def matching(self, text: str):
        """Search by name or place, with or without diacritics."""
        folded = fold(text)
        return self.filter(Q(name_folded__contains=folded) | Q(locality__name_folded__contains=folded))

    def managed_by(self, user):
        """The units whose people the user administers: the own ones and those below, never beside or above.

        Below means two things: under it in the chain of superior bodies, which is never longer than province,
        district, commune and department; and, for a committee, acting in a locality inside its own.
        """
        scope = user.scope
        if scope.is_system_admin:
            return self
        own = [m.unit for m in scope.memberships if m.role == Role.UNIT_ADMIN]
        ids = [unit.pk for unit in own]
        condition = Q(pk__in=ids)
        for lookup in ("superior", "superior__superior", "superior__superior__superior"):
            condition |= Q(**{f"{lookup}__in": ids})
        for unit in own:
            if unit.kind in COMMITTEES:
                condition |= Q(locality__path__startswith=unit.locality.path) & ~Q(locality=unit.locality_id)
        return self.filter(condition)


class Unit(models.Model):
    """A body that acts in a locality: Party committee, People's Committee, Fatherland Front, department ..."""

    locality = models.ForeignKey(Locality, on_delete=models.PROTECT, related_name="units", verbose_name=_("locality"))
    name = models.CharField(_("name"), max_length=200)
    name_folded = models.CharField(max_length=200, editable=False)
    kind = models.CharField(_("kind"), max_length=30, choices=UnitKind)
    abbreviation = models.CharField(_("abbreviation in document codes"), max_length=20)
    superior = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="subordinates",
        verbose_name=_("superior body"),
    )
    head_title = models.CharField(_("title of its head"), max_length=100, blank=True)
    seat = models.CharField(_("place named in its documents"), max_length=100, blank=True)
    term = models.CharField(_("term (nhiệm kỳ)"), max_length=20, blank=True)
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint("locality", "name", name="unit_name_once_a_locality")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args, **kwargs):
        self.name_folded = fold(self.name)
        _with_its_folded_form(kwargs, "name")
        super().save(*args, **kwargs)

    def exists_on(self, day: date) -> bool:
        return self.dissolved_on is None or day < self.dissolved_on

    @property
    def regime(self) -> str:
        return Regime.PARTY if self.kind in {UnitKind.PARTY_COMMITTEE, UnitKind.PARTY_BOARD} else Regime.STATE


class Role(models.TextChoices):
    CLERK = "clerk", _("Clerk")
    LEADER = "leader", _("Leader")
    OFFICER = "officer", _("Department officer")
    SUPERVISOR = "supervisor", _("Supervisor")
    UNIT_ADMIN = "unit_admin", _("Unit administrator")
    SYSTEM_ADMIN = "system_admin", _("System administrator")


OVERSIGHT_ROLES = frozenset({Role.LEADER, Role.SUPERVISOR, Role.UNIT_ADMIN})


class UserQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The user and everybody who holds or held a role in a unit the user sees."""
        if user.scope.is_system_admin:
            return self
        units = Unit.objects.visible_to(user).values("pk")
        return self.filter(Q(pk=user.pk) | Q(pk__in=Membership.objects.filter(unit__in=units).values("user")))

    def matching(self, text: str):
        """Search by name, with or without diacritics, user name or e-mail."""
        return self.filter(
            Q(full_name_folded__contains=fold(text)) | Q(username__icontains=text) | Q(email__icontains=text)
        )


class PersonManager(UserManager.from_queryset(UserQuerySet)):
    use_in_migrations = False


class User(AbstractUser):
    """A person of staff. Never deleted: records keep naming them; ``is_active`` goes off instead."""

    full_name = models.CharField(_("full name"), max_length=150)
    full_name_folded = models.CharField(max_length=150, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    position = models.CharField(_("position"), max_length=150, blank=True)
    is_demonstration = models.BooleanField(default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    first_name = last_name = None

    objects = PersonManager()

    REQUIRED_FIELDS = ["email", "full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["full_name", "pk"]
        constraints = [
            # People sign in with either, in whatever case they type it.
            models.UniqueConstraint(Lower("username"), name="user_username_once_in_any_case"),
            models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def save(self, *args, **kwargs):
        self.full_name_folded = fold(self.full_name)
        _with_its_folded_form(kwargs, "full_name")
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        # In a Vietnamese name the given name, by which a person is called, comes last.
        return self.full_name.split()[-1] if self.full_name else self.username

    acting_membership_id: int | None = None

    @cached_property
    def current_memberships(self) -> list["Membership"]:
        """The roles held today, one query."""
        today = timezone.localdate()
        return list(self.memberships.current(on=today).select_related("unit__locality").order_by("pk"))

    @cached_property
    def scope(self) -> Scope:
        """What the person may see: from the role being acted in, or from all of them when none is chosen."""
        chosen = [m for m in self.current_memberships if m.pk == self.acting_membership_id]
        return Scope(chosen or self.current_memberships, is_system_admin=self.is_superuser)


class MembershipQuerySet(models.QuerySet):
    def current(self, *, on: date):
        return self.filter(valid_from__lte=on).filter(Q(valid_to=None) | Q(valid_to__gte=on))


class Membership(models.Model):
    """A role held in a unit for a period; ``valid_to`` is the last day on which it is held."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("person"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("unit"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    valid_from = models.DateField(_("from"), default=timezone.localdate)
    valid_to = models.DateField(_("to (last day)"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        ordering = ["user", "unit", "role", "pk"]
        constraints = [
            models.CheckConstraint(
                name="membership_ends_after_start", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))
            ),
            models.UniqueConstraint("user", "unit", "role", name="membership_open_once", condition=Q(valid_to=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} · {self.unit}"
