"""Settings from the environment: a malformed value is a sentence that names it, never a traceback."""

import pytest

from tests.dialogue.conftest import run

pytestmark = pytest.mark.processes

PRODUCTION = {
    "DATABASE_URL": "postgres://dialogue:secret@127.0.0.1:5999/dialogue",
    "REDIS_URL": "redis://127.0.0.1:5998/0",
    "SECRET_KEY": "only-for-this-test-and-long-enough-to-be-taken-for-one-of-production",
    "SITE_URL": "https://doithoai.example.vn",
    "ALLOWED_HOSTS": "doithoai.example.vn",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.vn:587",
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("SITE_URL", "doithoai.example.vn"),
        ("SESSION_HOURS", "twelve"),
        ("EMAIL_URL", "carrier-pigeon://mail.example.vn"),
        ("DATABASE_URL", "mysql://root@127.0.0.1/dialogue"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "postgres://dialogue:secret@127.0.0.1:port/dialogue"),
        ("REDIS_URL", "http://127.0.0.1:6379"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_malformed_value_is_refused_with_a_sentence_that_names_it(tmp_path, name, value):
    done = run(tmp_path, "manage.py", "check", **(PRODUCTION | {name: value}))
    assert done.returncode == 1
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr, "a password has no place in a message"


def test_a_production_start_without_a_secret_is_refused(tmp_path):
    done = run(tmp_path, "manage.py", "check", **(PRODUCTION | {"SECRET_KEY": ""}))
    assert done.returncode == 1
    assert "SECRET_KEY has to be set" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "secret-key").exists()


def test_production_settings_pass_the_deployment_checks(tmp_path):
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_production_starts_no_embedded_server(tmp_path):
    run(tmp_path, "manage.py", "check", **PRODUCTION)
    assert not (tmp_path / "postgres").exists()
    assert not (tmp_path / "valkey").exists()


def test_debugging_is_off_unless_asked_for(tmp_path):
    code = "from django.conf import settings; print(settings.DEBUG)"
    assert run(tmp_path, "manage.py", "shell", "--no-imports", "-c", code, **PRODUCTION).stdout.strip() == "False"
