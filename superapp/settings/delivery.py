"""How hard we try to reach an agency, and when we give up."""

from datetime import timedelta

from .environment import env

PUBLISHED_SERVICES_CAP = env.int("PUBLISHED_SERVICES_CAP", 300)

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
DELIVERY_CALLS_IN_FLIGHT = env.int("DELIVERY_CALLS_IN_FLIGHT", 32)
# A lane whose calls last longer than this on average is slow, and gets one slot.
SLOW_CALL = timedelta(milliseconds=1500)
# A drain hands the worker to the next lane after this long.
DRAIN_TURN = timedelta(seconds=5)
# A lease outlives the deadline of the call it covers by this much (rule 4).
LEASE_MARGIN = timedelta(seconds=30)
# The web process sends at most one nudge per lane in this time.
NUDGE_INTERVAL = timedelta(milliseconds=200)
IDEMPOTENCY_KEY_LIFETIME = timedelta(days=7)
# How long a concurrent twin of a submission waits for the first to finish.
TWIN_WAIT = timedelta(seconds=2)

# Hosts that adapters may call (suffixes after "*." match subdomains), and private hosts with their network.
EGRESS_HOSTS = env.list("EGRESS_HOSTS", ["*.go.th", "*.or.th"])
EGRESS_PRIVATE_NETWORKS: dict[str, str] = env.dict("EGRESS_PRIVATE_NETWORKS", {})
