"""How often somebody may call: counters in the shared cache, so that all workers count together."""

import time
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.utils.crypto import salted_hmac
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter
from prometheus_client import Counter
from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from citizens.identity.devices import counted_address
from services_catalog.problems import Problem
from superapp.api.texts import NOT_READY

if TYPE_CHECKING:  # rest_framework.views reads the settings that name this module
    from rest_framework.views import APIView

logger = structlog.get_logger(__name__)

UNAVAILABLE = Counter(
    "superapp_rate_limits_unavailable", "Calls that came while the cache could not count them, by scope.", ["scope"]
)
_FAIL_CLOSED = {"sign_in", "credential"}

# What is counted, and against whom, in the order of counting.
Keys = Sequence[tuple[str, str]]


@cache
def _limiter(cache_url: str) -> FixedWindowRateLimiter:
    url = cache_url.replace("unix://", "redis+unix://", 1)
    storage = storage_from_string(
        url, wrap_exceptions=True, socket_timeout=0.3, socket_connect_timeout=0.3, key_prefix="rate"
    )
    return FixedWindowRateLimiter(storage)


# On import, under its lock: the library loads its Redis driver without one.
_limiter(str(settings.CACHES["default"]["LOCATION"]))


@cache
def _limit(rate: str) -> RateLimitItem:
    return parse(rate)


class SharedRateLimit(BaseThrottle):
    """Counts each call once per limit, and stops at the first that is used up.

    Whoever is signed in counts alone, by the scope of the view (`throttle_scope`, "reading" where it names none).
    Others count by what `throttle_keys(request)` names, strictly, and by their address last, which whole mobile
    operators share. It is the view's where it is open, and else that of the authentication, which counts who fails.
    With the cache away, anonymous sign-in is refused (503) and all else is let through
    (architecture, rule 1).
    """

    def __init__(self) -> None:
        self._wait: float | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        if request.user is not None and getattr(request.user, "is_authenticated", False):
            return self._count([(_scope(request, view), str(request.user.pk))])
        address = ("address", counted_address(request))
        try:
            named = _named(request, view)
        except (APIException, Problem):  # a body that cannot be read names nobody, and counts
            if self._count([address]):
                raise
            return False
        return self._count([*named, address])

    def _count(self, keys: Keys) -> bool:
        limiter = _limiter(str(settings.CACHES["default"]["LOCATION"]))
        try:
            return all(self._hit(limiter, scope, key) for scope, key in keys if key)
        except StorageError:
            scope = keys[0][0]
            UNAVAILABLE.labels(scope).inc()
            logger.warning("rate_limits_unavailable", scope=scope)
            if scope in _FAIL_CLOSED:
                raise Problem(NOT_READY, headers={"Retry-After": "5"}) from None
            return True

    def _hit(self, limiter: FixedWindowRateLimiter, scope: str, key: str) -> bool:
        limit, key = _limit(settings.RATE_LIMITS[scope]), _digest(key)
        if limiter.hit(limit, scope, key):
            return True
        self._wait = max(0.0, limiter.get_window_stats(limit, scope, key).reset_time - time.time())
        return False

    def wait(self) -> float | None:
        return self._wait


def _scope(request: Request, view: "APIView") -> str:
    return "reading" if request.method in SAFE_METHODS else str(getattr(view, "throttle_scope", "reading"))


def _named(request: Request, view: "APIView") -> Keys:
    naming = [one for one in (view, *(request.authenticators or ())) if hasattr(one, "throttle_keys")]
    return [key for one in naming for key in one.throttle_keys(request)]


def _digest(key: str) -> str:
    """Keyed, because addresses are few enough to be guessed from a plain hash."""
    return salted_hmac("rate", key, algorithm="sha256").hexdigest()
