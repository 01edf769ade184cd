"""Loading the official localities: 34 provinces, 3,321 communes, and the abolished ones whose past is kept."""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from vietnam_provinces import Province, Ward

from accounts.historical import ABOLISHED, REFORM, Abolished
from accounts.models import Locality, LocalityKind
from accounts.text import fold, nfc


@dataclass
class Loaded:
    """What a load did, by kind of change."""

    added: int = 0
    renamed: int = 0
    unchanged: int = 0


@transaction.atomic
def load_localities() -> Loaded:
    """Adds what is missing and corrects names; removes nothing and leaves everything else where it is.

    Communes came into force with the reform of 1 July 2025. Provinces have no such day here: each kept the name
    and code of a province before it, and that province's past (meetings, districts) stands in the same place of
    the tree, so one entry carries both.
    """
    # Whoever adds a place meanwhile through the tree's own methods waits here for the numbering of paths.
    country = Locality.objects.select_for_update().filter(kind=LocalityKind.COUNTRY).order_by("path").first()
    if country is None:
        country = Locality.objects.add_root(
            instance=Locality(name="Việt Nam", kind=LocalityKind.COUNTRY, code="VN"),
        )
    loaded = Loaded()
    provinces = _load_provinces(country, loaded)
    _load_communes(provinces, loaded)
    _load_abolished(country, loaded)
    return loaded


def province_name(province: Province) -> str:
    """The official name with its kind: "Tỉnh Cao Bằng", "Thành phố Huế"."""
    name = nfc(province.name)
    return name if name.startswith(("Tỉnh ", "Thành phố ")) else f"Tỉnh {name}"


def _load_provinces(country: Locality, loaded: Loaded) -> dict[str, Locality]:
    present = {
        place.code: place
        for place in Locality.objects.filter(
            kind=LocalityKind.PROVINCE, abolished_on=None, path__startswith=country.path
        )
    }
    wanted = {f"{province.code.value:02d}": province_name(province) for province in Province.iter_all()}
    new = [
        Locality(name=name, kind=LocalityKind.PROVINCE, code=code)
        for code, name in wanted.items()
        if code not in present
    ]
    _rename([(present[code], name) for code, name in wanted.items() if code in present], loaded)
    _add_below({country.pk: (country, new)}, loaded)
    return present | {place.code: place for place in new}


def _load_communes(provinces: dict[str, Locality], loaded: Loaded) -> None:
    present = {
        place.code: place
        for place in Locality.objects.filter(kind=LocalityKind.COMMUNE, in_force_from=REFORM).exclude(code="")
    }
    new = defaultdict(list)
    kept = []
    for ward in Ward.iter_all():
        code, name = f"{ward.code.value:05d}", nfc(ward.name)
        if code in present:
            kept.append((present[code], name))
        else:
            place = Locality(name=name, kind=LocalityKind.COMMUNE, code=code, in_force_from=REFORM)
            new[f"{ward.province_code.value:02d}"].append(place)
    _rename(kept, loaded)
    _add_below({provinces[code].pk: (provinces[code], places) for code, places in new.items()}, loaded)


def _load_abolished(country: Locality, loaded: Loaded) -> None:
    for entry in ABOLISHED:
        parent = country
        for name in entry.under:
            parent = _child(parent, name)
        place = Locality.objects.filter(
            path__startswith=parent.path, depth=parent.depth + 1, kind=entry.kind, name=entry.name
        ).exclude(abolished_on=None)
        place = place.first()
        if place is not None:
            loaded.unchanged += 1
        else:
            place = _new_abolished(entry, parent)
            loaded.added += 1
        place.successors.add(*_successors(country, entry))


def _new_abolished(entry: Abolished, parent: Locality) -> Locality:
    place = Locality(name=entry.name, kind=entry.kind, code=entry.code, abolished_on=entry.abolished_on)
    return Locality.objects.add_child(Locality.objects.get(pk=parent.pk), instance=place)


def _successors(country: Locality, entry: Abolished) -> list[Locality]:
    found = []
    for province_called, commune_called in entry.successors:
        place = _child(country, province_called)
        found.append(_child(place, commune_called) if commune_called else place)
    return found


def _child(parent: Locality, name: str) -> Locality:
    """The one child of this name; one in force before an abolished one of the same name."""
    children = Locality.objects.filter(path__startswith=parent.path, depth=parent.depth + 1, name=name)
    return sorted(children, key=lambda place: (place.abolished_on is not None, place.path))[0]


def _rename(pairs: list[tuple[Locality, str]], loaded: Loaded) -> None:
    changed = []
    for place, name in pairs:
        if place.name == name:
            loaded.unchanged += 1
        else:
            place.name, place.name_folded = name, fold(name)
            changed.append(place)
    Locality.objects.bulk_update(changed, ["name", "name_folded"], batch_size=500)
    loaded.renamed += len(changed)


def _add_below(new_by_parent: dict[int, tuple[Locality, list[Locality]]], loaded: Loaded) -> None:
    """Puts each list behind the children that its parent has, in a few statements for all of them.

    treebeard adds one child at a time with several statements each; for thousands the paths are worked out here.
    """
    parents = {
        place.pk: place for place in Locality.objects.select_for_update().filter(pk__in=new_by_parent).order_by("path")
    }
    rows = []
    for pk, (_stale, places) in new_by_parent.items():
        parent = parents[pk]
        depth = parent.depth + 1
        # numchild is no measure of the last place: a child may have been taken out of the middle.
        last = (
            Locality.objects.filter(path__startswith=parent.path, depth=depth)
            .order_by("-path")
            .values_list("path", flat=True)
            .first()
        )
        step = Locality._str2int(last[-Locality.steplen :]) if last else 0
        for place in places:
            step += 1
            place.path = Locality._get_path(parent.path, depth, step)
            place.depth, place.numchild = depth, 0
            place.name_folded = fold(place.name)
            rows.append(place)
        parent.numchild += len(places)
    Locality.objects.bulk_create(rows, batch_size=1000)
    Locality.objects.bulk_update(list(parents.values()), ["numchild"])
    loaded.added += len(rows)
