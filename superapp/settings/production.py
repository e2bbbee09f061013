"""What a deployment runs. Refuses to start when a secret or a URL is missing, and with the sandbox on."""

from django.core.exceptions import ImproperlyConfigured

from .base import *
from .environment import env, required

if env.bool("SANDBOX", False):
    raise ImproperlyConfigured("The environment variable SANDBOX is on: the sandbox never runs in production.")
if not required("PUBLIC_URL").startswith("https://"):
    raise ImproperlyConfigured("The environment variable PUBLIC_URL must begin with https://.")

SECURE_SSL_REDIRECT = True
# Asked by neighbours inside, past the proxy.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
