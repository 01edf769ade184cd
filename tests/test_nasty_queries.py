"""Whatever stands in an address, a page answers with a sentence and never breaks down.

Each page is asked once to learn which parameters it reads; then each of them gets one nasty value after the other.
"""

import importlib
from contextlib import contextmanager
from urllib.parse import quote

import pytest
from django.db import DatabaseError
from django.http import QueryDict
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from tests.test_access_table import APPS

pytestmark = pytest.mark.every_page

# Already quoted, so that bytes which are no UTF-8 can stand among them.
NASTY = {
    "NUL": "a%00b",
    "too large a number": "9" * 25,
    "full-width digits": quote("２０２６"),
    "a year in disguise": "0202699",
    "markup": quote("<script>alert(1)</script>{{ 7|add:7 }}\"'%_\\") + "%ff%fe",
    "an impossible date": "30/02/2026",
}
# An address is at most 4 KB long, so only one value can be: read as a year it begins well.
ENDLESS = "0202699" + "9" * 3800
# What the browser's history and the forms' own machinery look up.
SUFFIXES = ("_0", "_1", "_min", "_max")
READ_FROM_A_COPY = {
    "reports:rows": {
        "cell_level",
        "cell_type",
        "name",
        "key",
        "month",
        "place",
        "days",
        "department",
        "due_on",
        "owner",
    }
}
OF_THE_ADDRESS = {"csrfmiddlewaretoken", "then", "more", "add_rows"}


def _pages():
    for app in APPS:
        module = importlib.import_module(f"tests.{app}.access")
        for name in module.ACCESS:
            yield name, module


PAGES = list(_pages())


@contextmanager
def keys_read(monkeypatch):
    """The names of parameters that are looked up meanwhile."""
    read = set()

    def spy(method):
        def looked_up(self, key, *args, **kwargs):
            if isinstance(self, QueryDict):
                read.add(key)
            return method(self, key, *args, **kwargs)

        return looked_up

    with monkeypatch.context() as patched:
        for method in ("__getitem__", "getlist"):
            patched.setattr(MultiValueDict, method, spy(getattr(MultiValueDict, method)))
        yield read


def _ask(client, url):
    response = client.get(url)
    if response.streaming:
        b"".join(response.streaming_content)
        return response.status_code, ""
    is_text = response.get("Content-Type", "").startswith("text/html")
    return response.status_code, response.content.decode() if is_text else ""


@pytest.mark.parametrize(("name", "module"), PAGES, ids=[name for name, _module in PAGES])
def test_no_value_in_the_address_breaks_a_page(name, module, cast, signed_in, monkeypatch):
    url = reverse(name, kwargs=module.kwargs_for(name, cast))
    client = signed_in("system_admin" if name.startswith("accounts:") else "ward_clerk")
    with keys_read(monkeypatch) as read:
        status, _content = _ask(client, f"{url}?period=custom&what=opinions")
    # 503: the health of a database in which nothing has shown life yet.
    if status in {403, 405, 503}:
        return
    read |= READ_FROM_A_COPY.get(name, set())
    keys = sorted(key for key in read - OF_THE_ADDRESS if not key.endswith(SUFFIXES)) or ["page"]
    queries = [dict.fromkeys(keys, value) for value in NASTY.values()]
    # One at a time as well: a value that is refused early hides what the next would do.
    if name == "reports:rows":
        queries += [
            {"what": what, key: NASTY["NUL"]}
            for what in ("field", "notices", "assignments", "opinion_state", "overdue")
            for key in sorted(READ_FROM_A_COPY[name])
        ]
    queries += [{"period": "custom", "what": "opinions", key: each} for key in keys for each in (NASTY["NUL"], ENDLESS)]
    broken = []
    for query in queries:
        asked = "&".join(f"{quote(key)}={value}" for key, value in query.items())
        try:
            status, content = _ask(client, f"{url}?{asked}")
        except (ArithmeticError, DatabaseError, LookupError, TypeError, ValueError) as error:
            broken.append(f"{asked[:200]}: {error!r}"[:500])
            continue
        if status >= 500 or "<script>alert" in content:
            broken.append(f"{asked[:200]}: {status}")
    assert broken == []


@pytest.mark.parametrize(
    "path",
    [
        "/meetings/99999999999999999999/",
        "/meetings/99999999999999999999/opinions/",
        "/opinions/99999999999999999999/",
        "/assignments/99999999999999999999/",
        "/notices/99999999999999999999/",
        "/notices/99999999999999999999/pdf/",
        "/meetings/99999999999999999999/deadline-sheet.pdf",
        "/assignments/99999999999999999999/deadline-sheet.pdf",
        "/assignments/99999999999999999999/pause/",
        "/attachments/99999999999999999999/",
        "/reply-documents/99999999999999999999/",
        "/returns/99999999999999999999/",
        "/settings/people/99999999999999999999/",
        "/settings/localities/99999999999999999999/",
        "/settings/units/99999999999999999999/",
        "/settings/regulations/99999999999999999999/",
        "/settings/calendar/99999999999999999999/confirm/",
        "/lich-doi-thoai/99999999999999999999/",
        "/thong-bao/a%00b/",
        "/thong-bao/a%00b/thong-bao.pdf",
        "/thong-bao/%ff%fe/",
        "/thong-bao/" + "A" * 3000 + "/",
    ],
)
def test_a_record_that_can_not_exist_is_not_found(path, signed_in):
    assert signed_in("system_admin").get(path).status_code == 404
