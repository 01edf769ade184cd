"""Fixtures of all tests. The cast is built in each test that asks for it (about 60 statements)."""

import pytest
from django.test import Client
from django.test.utils import override_settings

from tests.cast import Cast, make_cast


@pytest.fixture(scope="session", autouse=True)
def _plain_settings(tmp_path_factory):
    """Fast password hashing, mail into memory, tasks at once, files in a temporary folder."""
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        CELERY_TASK_ALWAYS_EAGER=True,
        CELERY_TASK_EAGER_PROPAGATES=True,
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        STORAGES={
            "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
        # A browser under test gets the real style sheets and scripts, straight from the source folders.
        WHITENOISE_AUTOREFRESH=True,
        WHITENOISE_USE_FINDERS=True,
        ALLOWED_HOSTS=["testserver", "localhost", "127.0.0.1"],
    ):
        yield


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


@pytest.fixture
def signed_in(cast):
    """``signed_in("ward_clerk")`` is a browserless client of that person; ``signed_in("anonymous")`` of nobody."""

    def client_of(name: str) -> Client:
        client = Client()
        if name != "anonymous":
            client.force_login(cast.people[name])
        return client

    return client_of
