"""Settings: everything has a default that works on one machine; the environment may say otherwise."""

import ipaddress
import os
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "servicelane"
DATA_DIR = Path(os.environ.get("DATA_DIR") or ROOT / "data").resolve()
HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = int(os.environ.get("PORT") or 8000)


def _secret_key() -> str:
    """Return the key of this installation, made on the first start and readable by its owner only."""
    if given := os.environ.get("SECRET_KEY"):
        return given
    file = DATA_DIR / "secret_key"
    if not file.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        made = DATA_DIR / f"secret_key.{os.getpid()}"
        with os.fdopen(os.open(made, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w") as key:
            key.write(secrets.token_urlsafe(64))
        with suppress(FileExistsError):
            os.link(made, file)  # whole or not at all, and the first of two starts wins
        made.unlink()
    return file.read_text()


def _hosts() -> list[str]:
    """Return the names under which this machine may be asked: its loopback, HOST and ALLOWED_HOSTS."""
    hosts = ["localhost", "127.0.0.1", "[::1]"]
    try:
        address = ipaddress.ip_address(HOST)
    except ValueError:
        hosts.append(HOST)
    else:
        if address.is_unspecified:
            name = socket.gethostname()
            hosts.append(name)
            with suppress(OSError):
                hosts += socket.gethostbyname_ex(name)[2]
        elif not address.is_loopback:
            hosts.append(f"[{address}]" if address.version == 6 else str(address))
    return hosts + [host.strip() for host in os.environ.get("ALLOWED_HOSTS", "").split(",") if host.strip()]


def _database() -> dict[str, Any]:
    url = os.environ.get("DATABASE_URL")
    if url and not url.startswith("sqlite"):
        return dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    # To open a file takes 2 ms, for its functions and pragmas: a quarter of a request that writes.
    kept = {"ENGINE": "servicelane.kernel.sqlite", "CONN_MAX_AGE": 60, "OPTIONS": SQLITE_OPTIONS}
    if url:
        return {**dj_database_url.parse(url), **kept}
    return {"NAME": str(DATA_DIR / "servicelane.sqlite3"), **kept}


# IMMEDIATE: a transaction that will write takes the lock at its start, where waiting is safe. A
# lock wanted in the middle of a read transaction is refused at once, whatever the timeout.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16000;"
    ),
}

SECRET_KEY = _secret_key()
DEBUG = False
ALLOWED_HOSTS = _hosts()
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
WSGI_APPLICATION = "servicelane.project.wsgi.application"
ROOT_URLCONF = "servicelane.project.urls"

INSTALLED_APPS = [
    "servicelane.project",
    "servicelane.demo",
    "servicelane.care",
    "servicelane.reception",
    "servicelane.workshop",
    "servicelane.billing",
    "servicelane.booking",
    "servicelane.schedule",
    "servicelane.orders",
    "servicelane.customers",
    "servicelane.parts",
    "servicelane.people",
    "servicelane.org",
    "servicelane.channels",
    "servicelane.kernel",
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "simple_history",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "servicelane.kernel.middleware.Compression",
    "csp.middleware.CSPMiddleware",
    "servicelane.people.middleware.Discretion",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "servicelane.people.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "servicelane.kernel.middleware.Refusals",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "project" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "servicelane.project.context.shell",
            ],
        },
    }
]
FORM_RENDERER = "servicelane.project.forms.Renderer"

# People, roles and routes
AUTH_USER_MODEL = "people.Employee"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "servicelane.people.backends.PasswordBackend",
    "servicelane.people.backends.PinBackend",
    "servicelane.people.code_backend.CodeBackend",
]
ROLE_TABLE = "servicelane.project.roles.TABLE"
FULL_SIGN_IN = "servicelane.project.roles.FULL_SIGN_IN"
GUARDED = "servicelane.project.roles.GUARDED"
STORE_ZONE = "servicelane.org.queries.zone_of"
DEMO_SIGN_INS_ANYWHERE = os.environ.get("DEMO_SIGN_INS") == "allow from the network"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "account_login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "user_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "servicelane.people.adapter.Adapter"
ACCOUNT_RATE_LIMITS = False  # the lock-out below counts by person and address; two counters would contradict
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# By default a few wrong passwords of one person lock out everybody behind the shop's one address.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "login"
AXES_USERNAME_CALLABLE = "servicelane.people.backends.counted_name"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "login", "pin", "code"]
AXES_LOCKOUT_CALLABLE = "servicelane.people.views.sign_in.locked_out"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True

# Sessions and transport
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True  # forms carry the secret; no script of ours asks for it
CSRF_FAILURE_VIEW = "servicelane.project.problem_pages.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "script-src": [SELF],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:"],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
UPLOAD_MAX_SIZE = 32 * 1024 * 1024
ATOMIC_REQUESTS = False

# Background work
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# Messages to customers: by default nothing leaves. With "email" they go to MESSAGE_MAIL_TO, in which {to} is
# the telephone number: the address at a gateway that makes short messages of mails.
MESSAGE_CHANNEL = os.environ.get("MESSAGE_CHANNEL") or "dry_run"
MESSAGE_MAIL_TO = os.environ.get("MESSAGE_MAIL_TO") or "{to}"
EMAIL_HOST = os.environ.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = int(os.environ.get("EMAIL_PORT") or 25)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("MESSAGE_MAIL_FROM") or "servicelane@localhost"
# The address under which customers' telephones find this installation; empty for the one that is asked.
PUBLIC_URL = os.environ.get("PUBLIC_URL", "").rstrip("/")

# Language, time, files
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS: list[Path] = []
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
MEDIA_ROOT = DATA_DIR / "files"  # a part of every backup, as the database is
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
