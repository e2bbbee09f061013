"""Where phones may be sent back to (RFC 8252: exact match), and how soon changes of providers are seen."""

from datetime import timedelta
from typing import Any

from .environment import env

PHONE_REDIRECT_URIS = env.list("PHONE_REDIRECT_URIS", ["https://app.superapp.example/signed-in"])

# How long a process remembers which digital IDs are on, and as what.
PROVIDERS_ASKED_EVERY = timedelta(seconds=5)
# How often a process asks whether anything was revoked: the token of an ended session is good for as long at the most.
REVOCATIONS_ASKED_EVERY = timedelta(milliseconds=50)
# How often a provider is asked for its keys because none of those that we know fits.
PROVIDER_KEYS_ASKED_EVERY = timedelta(seconds=10)
# How long a call to a provider may take, and how many each process has out at one provider at a time: fewer than a web
# process has threads. When all are taken the next one waits, unless one of them is slow.
PROVIDER_CALL_DEADLINE = timedelta(seconds=8)
PROVIDER_CALLS_IN_FLIGHT = env.int("PROVIDER_CALLS_IN_FLIGHT", 4)
PROVIDER_CALL_IS_SLOW = timedelta(seconds=2)
# After so many failures in a row a provider is not used for the first wait, after one more for the next, and so on;
# `probe_time` is how long the one who tries whether it is back may take.
PROVIDER_BREAKER: dict[str, Any] = {
    "failures": 5,
    "waits": [timedelta(seconds=seconds) for seconds in (15, 30, 60, 120, 300)],
    "probe_time": timedelta(seconds=30),
}

# How long the end of a provider's own session is tried, after ours has ended.
PROVIDER_SESSION_TRIED_FOR = timedelta(minutes=15)

# Sign-in by consent (NDID): at most so many in that time, of each number and of each device. All of them are kept as
# they are for as long as any limit counts them.
CONSENT_REQUEST_LIMITS = [(3, timedelta(hours=1)), (5, timedelta(days=1))]
CONSENT_REQUEST_KEPT = timedelta(days=1)
# A turn of the task that asks the node about what is due: so many rows are claimed at once, so many calls run at once,
# and the lease outlives them all (a probe, and four calls of ten seconds each, two after the other).
CONSENT_REQUEST_TURN = timedelta(seconds=10)
CONSENT_REQUEST_BATCH = 16
CONSENT_REQUEST_CALLS_AT_ONCE = 8
CONSENT_REQUEST_LEASE = timedelta(seconds=120)
# How long each process remembers which banks there are.
CONSENT_REQUEST_BANKS_LIFETIME = timedelta(minutes=5)
