"""Finding one locality by the name a person types."""

import re

from django.utils.translation import gettext as _

from accounts.models import Locality
from accounts.text import fold, nfc

PREFIXES = re.compile(r"^(tinh|thanh pho|quan|huyen|thi xa|thi tran|phuong|xa|dac khu)\s+")


class NotOne(Exception):
    """No locality, or several, by that name. The text is the sentence the person reads."""


def _bare(name: str) -> str:
    return PREFIXES.sub("", fold(name))


def _described(locality: Locality, names: dict[str, str]) -> str:
    above = [names[locality.path[:end]] for end in range(len(locality.path) - 4, 4, -4)]
    text = ", ".join([locality.name, *above])
    if locality.abolished_on is None:
        return text
    return _("%(name)s (until %(day)s)") % {"name": text, "day": f"{locality.abolished_on:%d/%m/%Y}"}


def find_locality(text: str, *, province: str = "") -> Locality:
    """The locality of that name: the exact name first, then without diacritics, then without "Quận", "Tỉnh" and the like.

    "Phường Tân Phú, Thành phố Đồng Xoài" or ``province`` names a place above it.
    """
    asked = nfc(text).strip()
    name, *above = [part.strip() for part in asked.split(",")]
    above += [nfc(province).strip()] if province else []
    bare = _bare(name)
    if not bare:
        raise NotOne(_("Name the locality."))
    found = [one for one in Locality.objects.filter(name_folded__endswith=bare) if _bare(one.name) == bare]
    names = dict(
        Locality.objects.filter(
            path__in={one.path[:end] for one in found for end in range(4, len(one.path), 4)}
        ).values_list("path", "name")
    )
    for wanted in above:
        found = [one for one in found if _lies_in(one, wanted, names)]
    for agree in (
        lambda one: one.name.casefold() == name.casefold(),
        lambda one: one.name_folded == fold(name),
        lambda one: True,
    ):
        chosen = [one for one in found if agree(one)]
        if len(chosen) == 1:
            return chosen[0]
        if chosen:
            listed = "; ".join(_described(one, names) for one in chosen[:6]) + ("; …" if len(chosen) > 6 else "")
            raise NotOne(
                _(
                    "“%(name)s” is the name of %(count)s localities: %(list)s. Add the name of the place above, as in "
                    "“name, province”."
                )
                % {"name": asked, "count": len(chosen), "list": listed}
            )
    raise NotOne(_("There is no locality “%(name)s”.") % {"name": asked})


def _lies_in(one: Locality, wanted: str, names: dict[str, str]) -> bool:
    above = [names[one.path[:end]] for end in range(4, len(one.path), 4)] + [one.name]
    return any(name.casefold() == wanted.casefold() or _bare(name) == _bare(wanted) for name in above)
