"""A browser that is signed in already, when the right to be so ends."""

import pytest
from django.test import override_settings
from django.urls import reverse

from feedback.models import Assignment
from tests.feedback.factories import make_assignment


def test_a_closed_account_is_out_at_the_next_request_also_of_a_post(cast, signed_in):
    assignment = make_assignment(cast)
    officer = signed_in("department_officer")
    type(cast.department_officer).objects.filter(pk=cast.department_officer.pk).update(is_active=False)
    for answer in (
        officer.post(reverse("feedback:accept", args=[assignment.pk])),
        officer.get(reverse("feedback:inbox")),
    ):
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_login"))
    assert Assignment.objects.get().state == "sent"


def test_a_demonstration_session_ends_where_the_demonstration_is_not_allowed(cast, signed_in):
    type(cast.ward_clerk).objects.filter(pk=cast.ward_clerk.pk).update(is_demonstration=True)
    clerk = signed_in("ward_clerk")
    with override_settings(DEMONSTRATION_ALLOWED=True):
        assert clerk.get(reverse("meetings:list")).status_code == 200
    with override_settings(DEMONSTRATION_ALLOWED=False):
        assert clerk.get(reverse("meetings:list")).status_code == 302


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_no_page_after_a_change_leads_away(cast, signed_in, away):
    assignment = make_assignment(cast)
    opinion = assignment.opinion
    clerk = signed_in("ward_clerk")
    for url, data in (
        (reverse("feedback:take_up", args=[opinion.pk]), {}),
        (reverse("feedback:transfer", args=[opinion.pk]), {"transferred_to": "Sở", "reason": "Luật"}),
        (reverse("set_language"), {"language": "en"}),
        (reverse("accounts:switch"), {"membership": ""}),
    ):
        answer = clerk.post(f"{url}?next={away}", data | {"next": away})
        # The address of the page one came from may carry the word, but the way leads within the site.
        assert answer.get("Location", "/work/").startswith("/")
        assert not answer.get("Location", "/work/").startswith(("//", "/\\"))
        assert f'href="{away}' not in answer.content.decode()
