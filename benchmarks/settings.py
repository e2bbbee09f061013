"""The local settings, with the yardstick beside the product and without rate limits (one machine is all callers)."""

from superapp.settings.local import *

INSTALLED_APPS += ["benchmarks.bare"]
ROOT_URLCONF = "benchmarks.urls"
# A backlog outlives the sandbox's minute.
RETRY_PROFILE = "production"
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, "1000000/second")
