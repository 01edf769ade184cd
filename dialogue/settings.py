"""One settings file, driven by the environment. A malformed value stops the start with a sentence.

Nothing has to be set to try the product: without DATABASE_URL and REDIS_URL the embedded servers of
``dialogue.embedded`` are used. A production start sets DATABASE_URL, REDIS_URL, SECRET_KEY, ALLOWED_HOSTS,
SITE_URL and the EMAIL_URL of its mail server; ``docs/operations.md`` lists every variable.
"""

import importlib.util
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from dialogue import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _setting(read, name, default, example):
    """Reads one variable and turns a malformed value into a sentence that names it."""
    try:
        return read(name, default=default)
    except (ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured(
            f"{name}={env.str(name, default='')!r} is not a usable value; an example that works: {name}={example}"
        ) from error


def _switch(name, *, default):
    """On or off. Anything else is refused: a misspelt "no" must not turn something on, nor a misspelt "yes" off."""
    value = env.str(name, default="").strip().lower()
    words = {"": default, "1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if value not in words:
        raise ImproperlyConfigured(f"{name}={value!r} is not a usable value; it has to be 1 or 0.")
    return words[value]


DATA_DIR = Path(_setting(env.str, "DATA_DIR", str(BASE_DIR / ".data"), "/srv/dialogue/data"))
DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
IS_EMBEDDED = not DATABASE_URL
DEBUG = _switch("DEBUG", default=False)
SITE_URL = _setting(env.str, "SITE_URL", "http://127.0.0.1:8000", "https://doithoai.example.vn").rstrip("/")
if not SITE_URL.startswith(("http://", "https://")):
    raise ImproperlyConfigured(f"SITE_URL={SITE_URL!r} has to start with http:// or https://")

SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if not IS_EMBEDDED:
        raise ImproperlyConfigured("SECRET_KEY has to be set where DATABASE_URL is: a long random text, kept secret.")
    SECRET_KEY = embedded.local_secret(DATA_DIR)
ALLOWED_HOSTS = _setting(env.list, "ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"], "doithoai.example.vn")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
IS_HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "dialogue.staticfiles.StaticFilesConfig",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_filters",
    "django_htmx",
    "pgtrigger",
    "treebeard",
    "accounts",
    "audit",
    "deadlines",
    "meetings",
    "feedback",
    "notices",
    "reports",
    "portal",
    "dialogue",
]

MIDDLEWARE = [
    "dialogue.health.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "accounts.middleware.VietnameseFirstLocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ActingMembershipMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "deadlines.middleware.CalendarMemoMiddleware",
    "accounts.middleware.FormExpectedMiddleware",
]

ROOT_URLCONF = "dialogue.urls"
WSGI_APPLICATION = "dialogue.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.acting",
            ],
        },
    }
]

# --- data -----------------------------------------------------------------------------------------------------


def _database_of(url):
    example = "postgres://user:password@host:5432/name"
    if not url.startswith(("postgres://", "postgresql://")):
        raise ImproperlyConfigured(f"DATABASE_URL has to name a PostgreSQL server, as in {example}")
    try:
        return env.db_url_config(url)
    except (ValueError, ImproperlyConfigured) as error:
        # The address holds a password: it is not repeated here.
        raise ImproperlyConfigured(f"DATABASE_URL is not a usable address; one that works: {example}") from error


DATABASES = {"default": _database_of(DATABASE_URL) if DATABASE_URL else embedded.database_settings(DATA_DIR)}
DATABASES["default"].update({"ATOMIC_REQUESTS": False, "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True})
# PostgreSQL would compile the dashboard's one long statement anew for each page, and take longer than to run it.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")
# A server that swallows packets must not hold up a worker for the minutes that TCP would try.
DATABASES["default"]["OPTIONS"].setdefault("connect_timeout", 10)
BROKER_URL = REDIS_URL or embedded.redis_url(DATA_DIR)
if not BROKER_URL.startswith(("redis://", "rediss://", "unix://", "redis+socket://")):
    raise ImproperlyConfigured(f"REDIS_URL={REDIS_URL!r} has to start with redis:// or rediss://")
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": BROKER_URL}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media-is-never-served-directly/"
UPLOAD_MAX_BYTES = 25 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# A notice with some hundred tasks is one form of several fields each.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_PERMISSIONS = 0o640

# Celery has another name than redis-py for a server behind a UNIX socket.
CELERY_BROKER_URL = BROKER_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A task that can't be acknowledged any more will be given out again: going on with it would do it twice.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
# A task whose worker died is given to another after this long, not after Celery's default hour.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 300, "socket_connect_timeout": 5, "socket_keepalive": True}
# One timetable sends, however many are started, and none needs a file: see dialogue/beat.py.
CELERY_BEAT_SCHEDULER = "dialogue.beat:LockedScheduler"

# --- people ---------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.StaffBackend"]
# The demonstration's logins are published: where real work is done they are refused, even if they were loaded.
DEMONSTRATION_ALLOWED = _switch("DEMONSTRATION_ALLOWED", default=IS_EMBEDDED)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "work"
LOGOUT_REDIRECT_URL = "portal:home"
ACCOUNT_ADAPTER = "accounts.adapter.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# A session lasts SESSION_HOURS for everybody; the login form asks nothing about it.
ACCOUNT_SESSION_REMEMBER = True
# By address of the sender and, five times in five minutes, by the account that is tried. Counted in the cache.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Đối thoại] "
# How many proxies of one's own stand in front and write X-Forwarded-For; without one the header is not believed.
ALLAUTH_TRUSTED_PROXY_COUNT = _setting(env.int, "TRUSTED_PROXIES", 1 if IS_HTTPS else 0, "1")
MFA_TOTP_ISSUER = "Đối thoại"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SESSION_COOKIE_AGE = _setting(env.int, "SESSION_HOURS", 12, "12") * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_ENGINE = "dialogue.sessions"

# --- words ----------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["dialogue.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = USE_TZ = True
# Numbers are grouped by the vn_number filter alone: grouping everywhere would turn id 1078 into "1.078" in a form.
# Grouping is asked for where a figure is shown ({{ n|vn_number }}); on everywhere it would print the year 2.026.
USE_THOUSAND_SEPARATOR = False

# --- the look -------------------------------------------------------------------------------------------------

CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"
STATIC_URL = "/static/"
STATIC_ROOT = Path(_setting(env.str, "STATIC_ROOT", str(DATA_DIR / "static"), "/srv/dialogue/static"))


def _package_files(package: str, folder: str) -> Path:
    """The folder of files that an installed package ships, without importing the package."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ImproperlyConfigured(f"The Python package {package} is missing: run script/bootstrap.")
    return Path(next(iter(spec.submodule_search_locations))) / folder


STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("bootstrap/css", _package_files("bootstrap", "css")),
    ("bootstrap/js", _package_files("bootstrap", "js")),
    ("fonts/be-vietnam-pro", _package_files("fontpkg_be_vietnam_pro", "files")),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Source maps are for developers' tools alone, and half of what there would be to compress.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "woff", "woff2", "gz", "br", "png", "jpg", "gif", "webp", "ico")

# --- safety ---------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # Bootstrap draws its form icons with data: pictures; the second factor's QR code is one too.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None

# --- mail and logs --------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Đối thoại <khong-tra-loi@localhost>")
if env.str("EMAIL_URL", default=""):
    vars().update(_setting(env.email_url, "EMAIL_URL", None, "smtp+tls://user:password@mail.example.vn:587"))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_TIMEOUT = 20

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    raise ImproperlyConfigured(f"LOG_LEVEL={LOG_LEVEL!r} is not a usable value; one that works: LOG_LEVEL=INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s", "datefmt": "%H:%M:%S"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True, "level": "INFO"},
        # Every step of every document's layout, and every table of a font file.
        "weasyprint.progress": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}

# security.W019 asks for X_FRAME_OPTIONS = "DENY"; a notice's PDF is shown in a frame of its own page.
SILENCED_SYSTEM_CHECKS = ["security.W019"]
PORTAL_TITLE = _("Dialogue with citizens")
