import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from tests.cast import PASSWORD

SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _at_the_door(settings):
    """Nobody tried before, and what comes behind the door doesn't matter here."""
    cache.clear()
    settings.LOGIN_REDIRECT_URL = "/work/"


@pytest.fixture
def door(cast):
    """``door(login, password)`` tries to sign in and gives the client and the answer."""

    def knock(login, password=PASSWORD, *, client=None, **more):
        client = client or Client()
        return client, client.post(reverse("account_login"), {"login": login, "password": password, **more})

    return knock


def _is_in(client):
    return client.get(reverse("accounts:profile")).status_code == 200


def _code(secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def _second_factor(user):
    TOTP.activate(user, SECRET)


@pytest.mark.parametrize("login", ["vanthu", "VanThu", "vanthu@example.vn", "VANTHU@EXAMPLE.VN"])
def test_people_sign_in_with_user_name_or_email_in_any_case(login, door):
    client, answer = door(login)
    assert (answer.status_code, answer["Location"]) == (302, "/work/")
    assert _is_in(client)


@pytest.mark.parametrize(
    ("login", "password"),
    [("vanthu", "sai-mat-khau"), ("khong-ai", PASSWORD), ("vanthu", ""), ("", PASSWORD), ("vanthu\x00", PASSWORD)],
)
def test_a_wrong_name_or_password_is_refused_without_saying_which(login, password, door):
    client, answer = door(login, password)
    assert answer.status_code == 200
    assert "form-errors" in answer.content.decode()
    assert not _is_in(client)


def test_the_page_asked_for_comes_after_signing_in(cast):
    client = Client()
    wanted = reverse("accounts:profile")
    gate = client.get(wanted)
    assert gate["Location"] == f"{reverse('account_login')}?next={wanted}"
    answer = client.post(gate["Location"], {"login": "vanthu", "password": PASSWORD, "next": wanted})
    assert answer["Location"] == wanted


def test_next_never_leads_to_another_site(door):
    _client, answer = door("vanthu", next="https://evil.example/")
    assert "evil" not in answer["Location"]


def test_trying_passwords_is_slowed_down_even_for_the_right_one(door):
    for _number in range(5):
        door("vanthu", "sai")
    client, answer = door("vanthu")
    assert not _is_in(client)
    assert answer.status_code in {200, 429}
    other, _answer = door("chutich")
    assert _is_in(other), "somebody else at the same address is not locked out"


def test_a_closed_account_is_refused(door, cast):
    User.objects.filter(pk=cast.ward_clerk.pk).update(is_active=False)
    client, answer = door("vanthu")
    assert answer["Location"] == reverse("account_inactive")
    assert client.get(answer["Location"]).status_code == 200
    assert not _is_in(client)


def test_demonstration_people_are_refused_where_real_work_is_done(door, cast, settings):
    settings.DEMONSTRATION_ALLOWED = False
    User.objects.filter(pk=cast.ward_clerk.pk).update(is_demonstration=True)
    client, _answer = door("vanthu")
    assert not _is_in(client)
    client.force_login(cast.ward_clerk)
    assert not _is_in(client), "a session from before is refused too"


@pytest.mark.processes
@pytest.mark.parametrize(
    ("environment", "allowed"),
    [
        ({"DATABASE_URL": "postgres://a:b@db.example/dialogue", "SECRET_KEY": "own"}, "False"),
        (
            {"DATABASE_URL": "postgres://a:b@db.example/dialogue", "SECRET_KEY": "own", "DEMONSTRATION_ALLOWED": "1"},
            "True",
        ),
    ],
)
def test_a_production_start_allows_no_demonstration_unless_told(environment, allowed):
    settings = "import dialogue.settings as s; print(s.DEMONSTRATION_ALLOWED)"
    clean = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "PYTHONPATH"}}
    answer = subprocess.run(
        [sys.executable, "-c", settings],
        env=clean | {"REDIS_URL": "redis://cache.example/0"} | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
    )
    assert answer.stdout.strip() == allowed


def test_demonstration_people_sign_in_where_the_demonstration_is_allowed(door, cast, settings):
    settings.DEMONSTRATION_ALLOWED = True
    User.objects.filter(pk=cast.ward_clerk.pk).update(is_demonstration=True)
    client, _answer = door("vanthu")
    assert _is_in(client)


def test_the_second_factor_is_asked_for_once_it_is_set_up(door, cast):
    _second_factor(cast.ward_clerk)
    client, answer = door("vanthu")
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert not _is_in(client), "the password alone is not enough"
    wrong = client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 200
    assert not _is_in(client)
    right = client.post(reverse("mfa_authenticate"), {"code": _code()})
    assert right.status_code == 302
    assert _is_in(client)


def test_a_code_works_once(door, cast):
    _second_factor(cast.ward_clerk)
    code = _code()
    first, _answer = door("vanthu")
    first.post(reverse("mfa_authenticate"), {"code": code})
    assert _is_in(first)
    second, _answer = door("vanthu")
    second.post(reverse("mfa_authenticate"), {"code": code})
    assert not _is_in(second)


def test_the_second_factor_is_set_up_on_the_own_page(door, cast):
    client, _answer = door("vanthu")
    gate = client.get(reverse("mfa_activate_totp"))
    assert gate["Location"].startswith(reverse("account_reauthenticate")), "the password is asked for once more"
    page = client.post(gate["Location"], {"password": PASSWORD}, follow=True)
    assert page.status_code == 200
    secret = re.search(r"\b[A-Z2-7]{32}\b", page.content.decode()).group()
    done = client.post(reverse("mfa_activate_totp"), {"code": _code(secret)})
    assert done.status_code == 302
    assert Authenticator.objects.filter(user=cast.ward_clerk, type=Authenticator.Type.TOTP).exists()
    assert get_adapter().get_totp_issuer() == "Đối thoại"


def test_a_forgotten_password_is_chosen_anew_through_a_letter(door, cast, mailoutbox, settings):
    settings.SITE_URL = "https://doithoai.example.vn"
    client = Client()
    answer = client.post(reverse("account_reset_password"), {"email": "VanThu@example.vn"})
    assert answer.status_code == 302
    [letter] = mailoutbox
    assert letter.to == ["vanthu@example.vn"]
    # The letter names the installation, whatever Host header the request carried.
    link = re.search(r"https://doithoai\.example\.vn(/\S+)", letter.body).group(1)
    form = client.get(link, follow=True)
    chosen = {"password1": "Mat-khau-moi-77", "password2": "Mat-khau-moi-77"}
    client.post(form.request["PATH_INFO"], chosen)
    inside, _answer = door("vanthu", "Mat-khau-moi-77")
    assert _is_in(inside)
    outside, _answer = door("vanthu", PASSWORD)
    assert not _is_in(outside)


def test_asking_for_an_unknown_address_says_the_same(cast):
    known = Client().post(reverse("account_reset_password"), {"email": "vanthu@example.vn"})
    unknown = Client().post(reverse("account_reset_password"), {"email": "khong-ai@example.vn"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_nobody_signs_up(client, db):
    page = client.get(reverse("account_signup"))
    assert "password1" not in page.content.decode()
    client.post(
        reverse("account_signup"),
        {"email": "a@example.vn", "username": "abc", "password1": "Mat-khau-77x", "password2": "Mat-khau-77x"},
    )
    assert not User.objects.filter(username="abc").exists()


def test_a_session_ends_after_the_hours_set(door, settings):
    settings.SESSION_COOKIE_AGE = 3600
    client, _answer = door("vanthu")
    assert client.session.get_expiry_age() == 3600
    client.session.set_expiry(-1)
    session = client.session
    session.set_expiry(-1)
    session.save()
    assert not _is_in(client)


def test_a_role_that_ends_overnight_is_gone_without_signing_out(door, cast):
    client, _answer = door("quantri")
    assert client.get(reverse("accounts:settings")).status_code == 200
    yesterday = timezone.localdate() - timezone.timedelta(days=1)
    Membership.objects.filter(user=cast.ward_admin).update(valid_to=yesterday)
    assert client.get(reverse("accounts:settings")).status_code == 403


# --- the Django admin -----------------------------------------------------------------------------------------


def test_the_admin_is_entered_through_the_projects_login(cast, signed_in):
    answer = Client().get("/admin/")
    assert answer.status_code == 302
    assert Client().get(answer["Location"])["Location"].startswith(reverse("account_login"))
    assert signed_in("system_admin").get("/admin/login/?next=/admin/").status_code == 403, "is_staff alone opens it"


@pytest.mark.parametrize("model", ["accounts/user", "accounts/unit", "accounts/locality", "accounts/membership"])
def test_the_admin_shows_its_lists_to_staff(model, cast, signed_in, django_assert_max_num_queries):
    User.objects.filter(pk=cast.system_admin.pk).update(is_staff=True, is_superuser=True)
    client = signed_in("system_admin")
    with django_assert_max_num_queries(10):
        assert client.get(f"/admin/{model}/").status_code == 200
