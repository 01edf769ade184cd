"""Whatever is sent in a form's fields, the answer is a sentence and never a breakdown."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from tests.test_post_access import CODES, SENDINGS

pytestmark = pytest.mark.every_page

# Each field gets every other of them.
NASTY = ("a\x00b", "9" * 25, "３１/０２/2026", "a\x00b")


@pytest.mark.parametrize("name", sorted(CODES))
def test_no_value_in_a_field_breaks_a_change(name, cast, signed_in):
    app, _colon, page = name.partition(":")
    sending = SENDINGS[app](page, cast)
    url = reverse(name, kwargs=sending.kwargs)
    able = [who for who, code in CODES[name].items() if code in {200, 302, 409} and who != "anonymous"]
    client, broken = signed_in("ward_clerk" if "ward_clerk" in able else able[0]), []
    typed = [key for key, value in sending.data.items() if not isinstance(value, SimpleUploadedFile)]
    for at, key in enumerate(typed):
        for value in NASTY[at % 2 :: 2]:
            point = transaction.savepoint()
            try:
                status = client.post(url, sending.data | {key: value}).status_code
            except (ArithmeticError, DatabaseError, LookupError, TypeError, ValueError) as error:
                status = repr(error)[:200]
            if not isinstance(status, int) or status >= 500:
                broken.append(f"{key} = {value[:30]!r}: {status}")
            transaction.savepoint_rollback(point)
    assert broken == []
