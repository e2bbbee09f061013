"""Which apps there are, and what every request passes through."""

from pathlib import Path

from .environment import env, required

BASE_DIR = Path(__file__).resolve().parent.parent.parent

ALLOWED_HOSTS = required("ALLOWED_HOSTS").split(",")
PUBLIC_URL = required("PUBLIC_URL").rstrip("/")
DEBUG = False
SANDBOX = False

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_structlog",
    "import_export",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "services_catalog",
    "citizens",
    "citizens.service_requests",
    "citizens.notifications",
    "superapp.operations",
    "superapp.officer_sign_in",
]

MIDDLEWARE = [
    "superapp.logs.middleware.RequestIds",
    "django.middleware.security.SecurityMiddleware",
    "superapp.static_files.StaticFiles",
    "superapp.api.middleware.RefuseUnstorableText",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "services_catalog.middleware.sign_changes",
    "django_otp.middleware.OTPMiddleware",
    "superapp.officer_sign_in.middleware.SessionsEndWhenIdle",
    "superapp.officer_sign_in.middleware.SecondFactorRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

ROOT_URLCONF = "superapp.urls"
WSGI_APPLICATION = "superapp.wsgi.application"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
# Without collectstatic, as on a developer's machine, files are served from where the apps keep them.
WHITENOISE_USE_FINDERS = not STATIC_ROOT.exists()
WHITENOISE_AUTOREFRESH = False
# Compressed, and under their own names: a manifest of hashed names would be one more thing that only production has.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
APPEND_SLASH = False

SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# How many proxies in front of us add to X-Forwarded-For; 0 trusts none of it.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
