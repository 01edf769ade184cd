from django.test import Client
from django.urls import reverse


def test_a_refusal_says_its_reason(cast, signed_in):
    page = signed_in("ward_clerk").get(reverse("accounts:settings"))
    assert page.status_code == 403
    assert page.context["exception"]
    assert str(page.context["exception"]) in page.content.decode()


def test_a_page_that_does_not_exist_answers_404_to_everybody(cast, signed_in):
    for person in ("anonymous", "ward_clerk"):
        assert signed_in(person).get("/khong-co-trang-nay/").status_code == 404


def test_a_form_without_its_safety_mark_is_explained(cast):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("account_login"), {"login": "vanthu", "password": "x"})
    assert answer.status_code == 403
    assert "error-reason" in answer.content.decode()


def test_a_fault_of_ours_is_answered_without_details(cast, signed_in, monkeypatch):
    monkeypatch.setattr("accounts.views.own.SECTIONS", None)
    client = signed_in("system_admin")
    client.raise_request_exception = False
    answer = client.get(reverse("accounts:settings"))
    assert answer.status_code == 500
    assert "NoneType" not in answer.content.decode()
    assert "error-reason" in answer.content.decode()
