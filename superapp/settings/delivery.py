"""How hard we try to reach an agency, and when we give up."""

from datetime import timedelta
from typing import Any

from .environment import env

PUBLISHED_SERVICES_CAP = env.int("PUBLISHED_SERVICES_CAP", 300)
# How complete a service must be to be published (0 to 100, services_catalog.quality), how long a review counts, and
# how long the agency's system may take to answer the test call.
QUALITY_THRESHOLD = env.int("QUALITY_THRESHOLD", 80)
REVIEW_EVERY = timedelta(days=round(env.int("REVIEW_EVERY_MONTHS", 12) * 365 / 12))
QUALITY_CALL_DEADLINE = timedelta(seconds=5)

# Waits before the 1st, 2nd, 3rd… attempt; the last one repeats until the request is given up.
RETRY_PROFILES = {
    "production": {
        "waits": [
            timedelta(0),
            timedelta(seconds=30),
            timedelta(minutes=2),
            timedelta(minutes=10),
            timedelta(hours=1),
            timedelta(hours=3),
        ],
        "give_up_after": timedelta(days=3),
    },
    "sandbox": {
        "waits": [
            timedelta(0),
            timedelta(seconds=1),
            timedelta(seconds=2),
            timedelta(seconds=4),
            timedelta(seconds=8),
        ],
        "give_up_after": timedelta(seconds=60),
    },
}
RETRY_PROFILE = "production"

# Calls one worker process keeps in flight; slow lanes share at most a quarter of them (rule 7).
DELIVERY_CALLS_IN_FLIGHT = env.int("DELIVERY_CALLS_IN_FLIGHT", 64)
# A lane whose calls last longer than this on average is slow, and gets one slot.
SLOW_CALL = timedelta(milliseconds=1500)
# When a lane's circuit breaker opens: shares of failed and of slow calls among those of the present window, once it
# has enough of them (where a lane's calls may last long, the window lasts until so many fit in one after the other);
# then one probe after each of `probe_waits`, the last one repeating, until one succeeds.
BREAKER: dict[str, Any] = {
    "window": timedelta(seconds=30),
    "least_calls": 5,
    "failure_share": 0.5,
    "slow_share": 0.8,
    "slow_call": timedelta(seconds=8),
    "probe_waits": [timedelta(seconds=seconds) for seconds in (5, 10, 20, 40, 60)],
}
# A drain hands the worker to the next lane after this long.
DRAIN_TURN = timedelta(seconds=2)
# A lease outlives the deadline of the call it covers by this much (rule 4).
LEASE_MARGIN = timedelta(seconds=30)
# A worker that is told to stop waits this long for calls that hang; how later ones ended, the agencies are asked.
SHUTDOWN_WAIT = timedelta(seconds=30)
# The web process sends at most one nudge per lane in this time.
NUDGE_INTERVAL = timedelta(milliseconds=200)
# The same request of the same citizen under another key is taken for a mistake for this long.
RESEND_WINDOW = timedelta(minutes=10)
IDEMPOTENCY_KEY_LIFETIME = timedelta(days=7)
# What a citizen has typed and not sent is kept this long after it was changed last, and not more of it than this.
DRAFT_LIFETIME = timedelta(days=30)
DRAFTS_PER_CITIZEN = 20
# An agency that repeats one of its status events after this long tells it anew.
AGENCY_EVENT_LIFETIME = timedelta(days=90)
# Requests that have been final for this long move to files in ARCHIVE_DIRECTORY; where that is empty they stay.
REQUEST_RETENTION = timedelta(days=env.int("REQUEST_RETENTION_DAYS", 3 * 365))
ARCHIVE_DIRECTORY = env.str("ARCHIVE_DIRECTORY", "")
# The daily archive leaves the rest to the next day after this long.
ARCHIVE_TURN = timedelta(minutes=10)
# How much is compared with what agencies say they have, each quarter of an hour: of each lane these many requests that
# were not heard of for so long, the ones asked about longest ago first, and some that were completed just now.
RECONCILIATION: dict[str, Any] = {
    "turn": timedelta(seconds=20),
    "longest_call": timedelta(seconds=5),
    "agencies_at_once": 8,
    "open_requests": 20,
    "not_heard_for": timedelta(hours=1),
    "completed_requests": 5,
    "completed_within": timedelta(days=1),
}
# From which requests a service's usual time is computed, and when it is told: enough of them must be decided, and of
# those that are old enough to tell, this share within the time that nine of ten decided ones took.
USUAL_TIME: dict[str, Any] = {"within": timedelta(days=90), "least_decided": 20, "least_share_in_time": 0.8}
# How long a concurrent twin of a submission waits for the first to finish.
TWIN_WAIT = timedelta(seconds=2)

# Hosts that adapters may call (suffixes after "*." match subdomains), and private hosts with their network.
EGRESS_HOSTS = env.list("EGRESS_HOSTS", ["*.go.th", "*.or.th"])
EGRESS_PRIVATE_NETWORKS: dict[str, str] = env.dict("EGRESS_PRIVATE_NETWORKS", {})
