"""Lists: their pages, their filters, and the chips of the filters in force."""

from urllib.parse import urlencode

from django import template
from django.forms.utils import pretty_name
from django.utils.translation import gettext as _

from accounts.components.words import vn_number

register = template.Library()


def _query(context, **changes):
    """The current address's question with some of its words changed; ``None`` takes a word out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value is not None:
            query[name] = value
    text = query.urlencode()
    return f"?{text}" if text else "?"


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context, page_obj, name="page", total_text=""):
    """Pages of a list; every other GET parameter stays. Works with estimated counts: only has_next is asked."""
    paginator = page_obj.paginator
    links = []
    for number in paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1):
        is_gap = number == paginator.ELLIPSIS
        links.append(
            {
                "number": number if is_gap else vn_number(number),
                "is_gap": is_gap,
                "is_current": number == page_obj.number,
                "url": "" if is_gap else _query(context, **{name: number}),
            }
        )
    return {
        "is_paged": paginator.num_pages > 1,
        "links": links,
        "previous_url": _query(context, **{name: page_obj.previous_page_number()}) if page_obj.has_previous() else "",
        "next_url": _query(context, **{name: page_obj.next_page_number()}) if page_obj.has_next() else "",
        "start": vn_number(page_obj.start_index()),
        "end": vn_number(page_obj.end_index()),
        "total": total_text or vn_number(paginator.count),
    }


def shown_value(bound_field, value):
    """The label of a chosen filter value, never its key."""
    field = bound_field.field
    choices = getattr(field, "choices", None)
    if choices is not None:
        for key, label in _flat(choices):
            if str(key) == str(value):
                return str(label)
    if str(value).lower() in {"true", "on"}:
        return _("Yes")
    if str(value).lower() == "false":
        return _("No")
    return str(value)


def _flat(choices):
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label


@register.inclusion_tag("components/filter_chips.html", takes_context=True)
def filter_chips(context, filterset):
    """The filters in force, each with a link that takes it away."""
    query = context["request"].GET
    form = filterset.form
    chips = []
    for bound in form.visible_fields():
        keys = [bound.html_name] + [f"{bound.html_name}_{end}" for end in ("min", "max", "after", "before", "0", "1")]
        for key in keys:
            for value in query.getlist(key):
                if not value:
                    continue
                rest = [(k, v) for k, values in query.lists() for v in values]
                rest = [(k, v) for k, v in rest if (k, v) != (key, value) and k != "page" and v]
                ending = {"min": "≥", "after": _("from"), "max": "≤", "before": _("to")}.get(key.rpartition("_")[2], "")
                chips.append(
                    {
                        "label": bound.label or pretty_name(bound.name),
                        "value": " ".join(
                            filter(None, [ending if key != bound.html_name else "", shown_value(bound, value)])
                        ),
                        "url": f"?{urlencode(rest)}",
                    }
                )
    return {"chips": chips, "clear_url": context["request"].path}


@register.inclusion_tag("components/filter_bar.html", takes_context=True)
def filter_bar(context, filterset, label=""):
    """The filters of a list as a form that lives in the address; sends itself where scripts run."""
    query = context["request"].GET
    names = set()
    for bound in filterset.form:
        names |= {bound.html_name} | {f"{bound.html_name}_{end}" for end in ("min", "max", "after", "before", "0", "1")}
    kept = [(key, value) for key, values in query.lists() if key not in names | {"page"} for value in values]
    return {
        "form": filterset.form,
        "kept": kept,
        "label": label or _("Filter the list"),
        "action": context["request"].path,
    }
