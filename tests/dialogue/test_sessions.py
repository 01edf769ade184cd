"""Without Redis people who are signed in go on working."""

import socket

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def without_redis(settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": f"redis://127.0.0.1:{port}/0"}}


def test_who_is_signed_in_goes_on_working(cast, signed_in, without_redis):
    client = signed_in("ward_clerk")
    assert client.get(reverse("work")).status_code == 200
    assert client.get(reverse("deadlines:reminders")).status_code == 200


def test_a_session_from_before_is_found_and_can_be_ended(cast, signed_in, without_redis):
    client = signed_in("ward_clerk")
    key = client.session.session_key
    assert client.session.exists(key)
    client.logout()
    assert not Client().session.exists(key)


def test_the_settings_use_it(settings):
    assert settings.SESSION_ENGINE == "dialogue.sessions"
