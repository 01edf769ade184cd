"""``{% load reports %}``: the pieces that only the pages of figures need."""

from django import template
from django.utils.translation import gettext as _

from reports import tables

register = template.Library()


@register.filter
def named(numbers):
    """The five measures with their names, for the cells that become cards on a phone."""
    names = [_("Meetings"), _("Attendances"), _("Speeches"), _("Opinions"), _("Answered")]
    return list(zip(names, numbers, strict=False))


@register.filter
def draft_table(draft):
    """An imported return as the table that will be saved."""
    return tables.draft_table(draft.entry)
