"""Each URL stands in one role × URL × expected-code table; a URL that is missing from it fails.

Every app keeps its rows in ``tests/<app>/access.py``::

    ACCESS = {"meetings:detail": {"anonymous": 302, "ward_clerk": 200, "sibling_clerk": 404, ...}}
    def kwargs_for(name, cast): ...   # the keyword arguments of the URL, objects made from the cast

Only GET is asked for; a URL that takes POST alone answers 405 to those who could see it.
"""

import importlib

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

pytestmark = pytest.mark.every_page

APPS = ["accounts", "deadlines", "meetings", "feedback", "notices", "reports", "portal"]
# allauth and the admin bring their own tests; what we add is that nobody signs up and that staff alone enter the admin.
FOREIGN_NAMESPACES = {"admin", "account", "mfa"}
FOREIGN_PREFIXES = ("account_", "mfa_", "set_language")


def _names(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or ""
            if inner not in FOREIGN_NAMESPACES:
                yield from _names(pattern.url_patterns, f"{namespace}{inner}:" if inner else namespace)
        elif isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name}"
            if not name.startswith(FOREIGN_PREFIXES):
                yield name


def _table():
    table = {}
    for app in APPS:
        module = importlib.import_module(f"tests.{app}.access")
        table |= {name: (codes, module) for name, codes in module.ACCESS.items()}
    return table


def test_every_url_stands_in_the_access_table():
    urls = set(_names(get_resolver().url_patterns))
    assert urls - set(_table()) == set(), "URLs missing from the access table"
    assert set(_table()) - urls == set(), "rows of URLs that no longer exist"


def _code(client, url):
    response = client.get(url)
    if response.streaming:
        b"".join(response.streaming_content)  # a download that nobody reads leaves its file open
    return response.status_code


@pytest.mark.parametrize("name", sorted(_table()))
def test_each_role_gets_the_expected_code(name, cast, signed_in):
    codes, module = _table()[name]
    assert {"anonymous", "ward_clerk", "sibling_clerk"} <= set(codes), "each row names at least these three"
    url = reverse(name, kwargs=module.kwargs_for(name, cast))
    got = {person: _code(signed_in(person), url) for person in codes}
    assert got == codes
