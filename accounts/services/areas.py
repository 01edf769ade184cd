"""Residential areas, which each commune names for itself."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import journal
from accounts.errors import ServiceError
from accounts.models import Locality, LocalityKind, User
from accounts.policies import may_add_residential_area, require
from accounts.text import nfc


@transaction.atomic
def add_residential_area(commune: Locality, *, actor: User, name: str) -> Locality:
    """Adds a residential area below a commune that exists today."""
    commune = Locality.objects.select_for_update().get(pk=commune.pk)
    require(may_add_residential_area(actor, commune))
    if commune.kind != LocalityKind.COMMUNE:
        raise ServiceError(_("Residential areas belong to a commune, ward or special zone."))
    if not commune.exists_on(timezone.localdate()):
        raise ServiceError(_("%(locality)s does not exist today.") % {"locality": commune})
    name = nfc(" ".join(name.split()))
    if not name:
        raise ServiceError(_("Write the name of the residential area."), field="name")
    if Locality.objects.within(commune).filter(depth=commune.depth + 1, name__iexact=name).exists():
        raise ServiceError(_("A residential area of this name exists here."), field="name")
    area = Locality.objects.add_child(
        commune, instance=Locality(name=name, kind=LocalityKind.RESIDENTIAL_AREA, in_force_from=None)
    )
    journal.record(
        actor=actor,
        verb="add_residential_area",
        target=area,
        parent=commune,
        sentence=f"đã thêm {area} thuộc {commune}",
    )
    return area
