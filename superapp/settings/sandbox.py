"""Local identity providers and agencies: settings that exist only where the sandbox is on."""

from datetime import timedelta

from .apps import INSTALLED_APPS
from .delivery import BREAKER, EGRESS_PRIVATE_NETWORKS
from .environment import env
from .identity import PROVIDER_BREAKER

SANDBOX = True
OFFICER_SECOND_FACTOR_REQUIRED = False
SANDBOX_SECRET = env.str("SANDBOX_SECRET")
# The sandbox's servers listen on this port and the ones after it.
SANDBOX_PORT = env.int("SANDBOX_PORT", 8100)
INSTALLED_APPS += ["superapp.sandbox"]
EGRESS_PRIVATE_NETWORKS["127.0.0.1"] = "127.0.0.0/8"
# Whole journeys take a minute: try again after 0, 1, 2, 4, 8 s and give up after 60 s.
RETRY_PROFILE = "sandbox"
BREAKER = {**BREAKER, "probe_waits": [timedelta(seconds=seconds) for seconds in (1, 2, 4)]}
PROVIDER_BREAKER = {**PROVIDER_BREAKER, "waits": [timedelta(seconds=seconds) for seconds in (2, 4, 8)]}
