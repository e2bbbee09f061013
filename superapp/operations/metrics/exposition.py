"""The page that Prometheus reads, and who may read it."""

import hmac

from django.conf import settings
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

# The text format of old, which every version of Prometheus reads.
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def may_read(authorization: str) -> bool:
    """Whether an Authorization header carries the token; nothing does while there is none."""
    scheme, _, token = authorization.partition(" ")
    expected: str = settings.METRICS_TOKEN
    right = hmac.compare_digest(token.strip().encode(), expected.encode())
    return bool(expected) and right and scheme.lower() == "bearer"


def exposition(*more: Collector) -> bytes:
    """What the processes that count together have counted, and what `more` collects."""
    registry = CollectorRegistry()
    if settings.PROMETHEUS_MULTIPROC_DIR:
        MultiProcessCollector(registry, settings.PROMETHEUS_MULTIPROC_DIR)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    for collector in more:
        registry.register(collector)
    return generate_latest(registry)
