"""The suite: the local settings with a state of their own and cheap passwords."""

import os
from datetime import timedelta

from .local import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATABASES["default"]["TEST"] = {"TEMPLATE": "template0"}
# All tests call from one address; those about the limits set their own.
RATE_LIMITS = dict.fromkeys(RATE_LIMITS, "1000000/minute")
# What a test changes it sees at once.
CATALOGUE_ASKED_EVERY = timedelta(0)
PROVIDERS_ASKED_EVERY = timedelta(0)
REVOCATIONS_ASKED_EVERY = timedelta(0)
PROVIDER_KEYS_ASKED_EVERY = timedelta(0)
# Workers of the suite share a cache and do not see what others revoke.
CACHES["default"]["KEY_PREFIX"] = os.environ.get("PYTEST_XDIST_WORKER", "")
