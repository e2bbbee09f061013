"""Chaos' settings with short leases, so that what is not broken comes back within seconds."""

import os
from datetime import timedelta

from superapp.settings.chaos import *  # noqa: F403
from superapp.settings.chaos import INSTALLED_APPS

INSTALLED_APPS += ["tests.flows.sabotage.apps.SabotageConfig"]
# A lease that never ends is no lease.
LEASE_MARGIN = timedelta(days=1) if os.environ.get("SABOTAGE") == "lease" else timedelta(seconds=2)
