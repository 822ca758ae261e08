"""Settings of the portal, all from the environment; the README has the table.

A required setting that is missing, or any setting that is wrong, is refused at start by its name.
Nothing about one city stands here: districts, agencies and contacts are data.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from jiaozuo_portal.environment import (
    Environment,
    broker_settings,
    cache_settings,
    database_settings,
    file_store_settings,
)

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

# ---------------------------------------------------------------- who we are
DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY")
if SECRET_KEY and (len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5):
    env.refuse("SECRET_KEY", "it must be at least 50 random characters")

PORTAL_BASE_URL = env.url("PORTAL_BASE_URL", ("https", "http")).rstrip("/")
_SERVED_BY_HTTPS = urlsplit(PORTAL_BASE_URL).scheme == "https"
_OWN_HOST = urlsplit(PORTAL_BASE_URL).hostname or ""
ALLOWED_HOSTS = [_OWN_HOST, *env.words("PORTAL_ALLOWED_HOSTS", default="")]
CSRF_TRUSTED_ORIGINS = [PORTAL_BASE_URL] if PORTAL_BASE_URL else []
# How many of our own proxies stand in front: the visitor's address is that many steps from the
# right of X-Forwarded-For. SECURITY: too high a number lets a visitor choose the own address.
PORTAL_PROXY_COUNT = env.number("PORTAL_PROXY_COUNT", default=0, least=0, most=5)

# ---------------------------------------------------------------- the portal's clock
PORTAL_CLOCK_START = env.moment("PORTAL_CLOCK_START")
PORTAL_CLOCK_ANCHOR = env.moment("PORTAL_CLOCK_ANCHOR")
if bool(PORTAL_CLOCK_START) != bool(PORTAL_CLOCK_ANCHOR):
    env.refuse("PORTAL_CLOCK_ANCHOR", "PORTAL_CLOCK_START and it are set together or not at all")

# ---------------------------------------------------------------- personal data
PORTAL_FIELD_KEYS = env.keys("PORTAL_FIELD_KEYS")
PORTAL_INDEX_KEYS = env.keys("PORTAL_INDEX_KEYS")
if set(PORTAL_FIELD_KEYS.values()) & set(PORTAL_INDEX_KEYS.values()):
    env.refuse("PORTAL_INDEX_KEYS", "it must not hold a key of PORTAL_FIELD_KEYS")

# ---------------------------------------------------------------- applications
INSTALLED_APPS = [
    "filings",
    "policies",
    "jiaozuo_portal.outbox",
    "jiaozuo_portal.admin_site.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "axes",
    "csp",
    "django_prometheus",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "jiaozuo_portal.lib.remembered.RequestMemory",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jiaozuo_portal.lib.sessions.EndingSessions",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "jiaozuo_portal.urls"
WSGI_APPLICATION = "jiaozuo_portal.wsgi.application"
ASGI_APPLICATION = "jiaozuo_portal.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "jiaozuo_portal.lib.page_context.page_context",
                "filings.context.portal",
            ],
            "libraries": {"portal_ui": "jiaozuo_portal.templatetags.portal_ui"},
        },
    },
    {
        # Only for pieces that are too long for the other: see `jiaozuo_portal.jinja`.
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "quick",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {"environment": "jiaozuo_portal.jinja.environment"},
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# ---------------------------------------------------------------- database, cache, broker
_database_url = env.url("DATABASE_URL", ("postgres", "postgresql", "sqlite"))
DATABASES = {"default": database_settings(_database_url)} if _database_url else {}
CACHES = {
    "default": cache_settings(env.url("PORTAL_CACHE_URL", ("redis", "rediss", "file"), default=""))
}

_broker_url = env.url("CELERY_BROKER_URL", ("redis", "rediss", "filesystem"))
CELERY_BROKER_URL, CELERY_BROKER_TRANSPORT_OPTIONS = broker_settings(_broker_url)
CELERY_BROKER_CONNECTION_TIMEOUT = 3
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_DEFAULT_QUEUE = "portal"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# These add speed, not safety: the outbox is what loses nothing.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "Asia/Shanghai"

# "off" exists for the control of the outbox's own test: it sends after commit and keeps no row.
PORTAL_OUTBOX = env.flag("PORTAL_OUTBOX", default=True)
# How long the relay waits for an answer before it sends a row again: longer than a message queues.
PORTAL_OUTBOX_RESEND_SECONDS = env.number(
    "PORTAL_OUTBOX_RESEND_SECONDS", default=90, least=1, most=3600
)

# ---------------------------------------------------------------- people and sign-in
AUTH_USER_MODEL = "filings.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "filings.backend.PeopleBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "jiaozuo_portal.lib.passwords.LongEnough",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
PASSWORD_RESET_TIMEOUT = 3 * 60 * 60

# Whether the admin site asks for a one-time code; each agency decides for its own people.
PORTAL_STAFF_SECOND_FACTOR = env.flag("PORTAL_STAFF_SECOND_FACTOR", default=True)
OTP_TOTP_ISSUER = _OWN_HOST

AXES_FAILURE_LIMIT = env.number("PORTAL_LOCK_AFTER", default=5, least=3, most=50)
AXES_COOLOFF_TIME = timedelta(
    minutes=env.number("PORTAL_LOCK_MINUTES", default=15, least=1, most=1440)
)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_HTTP_RESPONSE_CODE = 429
AXES_LOCKOUT_TEMPLATE = "errors/locked.html"
# SECURITY: whatever is typed as a name (a mobile number, or a password in the wrong box) is stored
# as an index only, and no other typed field is stored at all.
AXES_USERNAME_CALLABLE = "jiaozuo_portal.lib.visitors.name_at_sign_in"
AXES_CLIENT_IP_CALLABLE = "jiaozuo_portal.lib.visitors.address_of"
AXES_SENSITIVE_PARAMETERS = [
    "username", "ip_address", "name", "login", "mobile", "email", "code", "token",
    "otp_token", "csrfmiddlewaretoken", "next",
]  # fmt: skip
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 3600 * env.number("PORTAL_SESSION_HOURS", default=10, least=1, most=72)
# A session also ends after so long without a request.
PORTAL_IDLE_MINUTES = env.number("PORTAL_IDLE_MINUTES", default=60, least=5, most=1440)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _SERVED_BY_HTTPS
CSRF_COOKIE_SECURE = _SERVED_BY_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"

# ---------------------------------------------------------------- what the browser is told
SECURE_SSL_REDIRECT = _SERVED_BY_HTTPS
# A load balancer and the metrics collector ask inside the house, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _SERVED_BY_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _SERVED_BY_HTTPS
SECURE_HSTS_PRELOAD = _SERVED_BY_HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if PORTAL_PROXY_COUNT and _SERVED_BY_HTTPS else None
)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# ---------------------------------------------------------------- language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "jiaozuo_portal" / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SECURE = _SERVED_BY_HTTPS
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# ---------------------------------------------------------------- files
STATIC_URL = "/static/"
STATIC_ROOT = env.text("PORTAL_STATIC_ROOT", default=str(BASE_DIR / "build" / "static"))
STATICFILES_DIRS = [BASE_DIR / "jiaozuo_portal" / "static"]
STORAGES = {
    "default": file_store_settings(
        env.url("PORTAL_FILE_STORE", ("file", "s3")),
        access_key=env.text("PORTAL_S3_ACCESS_KEY", default=""),
        secret_key=env.text("PORTAL_S3_SECRET_KEY", default=""),
    ),
    "staticfiles": {"BACKEND": "jiaozuo_portal.lib.assets.HashedStaticFiles"},
}
# Larger uploads go to a temporary file, so that a request's memory stays small.
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
PORTAL_UPLOAD_BYTES = 20 * 1024 * 1024

# ---------------------------------------------------------------- mail and SMS
vars().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("PORTAL_FROM_EMAIL")
# A dotted path to `send(mobile, text, *, key)`; blank where the city has no SMS service.
PORTAL_SMS_ADAPTER = env.text("PORTAL_SMS_ADAPTER", default="")

# ---------------------------------------------------------------- operations
PORTAL_METRICS_ALLOW = env.networks("PORTAL_METRICS_ALLOW", default="127.0.0.1,::1")
PORTAL_METRICS_TOKEN = env.text("PORTAL_METRICS_TOKEN", default="")
PROMETHEUS_EXPORT_MIGRATIONS = False
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "jiaozuo_portal.lib.logs.MaskingFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env.choice(
            "PORTAL_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"
        ),
    },
    # Django's own handlers would write the same lines unmasked.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # It warns that filesystem:// names no host, which it cannot.
        "kombu.connection": {"level": "ERROR"},
    },
}

env.refuse_if_wrong()
