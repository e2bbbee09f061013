"""What each process counts of its own work, for `/metrics`. No label holds anything of a citizen."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from prometheus_client import Counter, Histogram

ATTEMPTS = Counter(
    "superapp_delivery_attempts", "Delivery attempts that ended, by service and outcome.", ["service", "outcome"]
)
DELIVERY_SECONDS = Histogram(
    "superapp_delivery_seconds",
    "From the acceptance of a request to its agency's receipt.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 6 * 3600, 24 * 3600),
)
ACCEPT_SECONDS = Histogram(
    "superapp_accept_seconds",
    "What accepting a request took: from the parsed body to the committed rows.",
    buckets=(0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
NUDGES_FAILED = Counter("superapp_nudges_failed", "Hints that the broker did not take; the sweep covers them.")
RECONCILED = Counter(
    "superapp_reconciled", "Requests compared with what their agencies have, by what came of it.", ["finding"]
)


@contextmanager
def acceptance() -> Iterator[None]:
    """Observes how long the block took, unless it raises: a refusal is no acceptance."""
    started = monotonic()
    yield
    ACCEPT_SECONDS.observe(monotonic() - started)
