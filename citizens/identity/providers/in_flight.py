"""How many calls of this process may be out at one provider, so that a slow one does not hold all threads of the web.

Many people at a provider that answers promptly are no reason to turn anybody away: whoever finds all places taken waits
for one. Once a call is slow nobody waits any more, so that those who wait do not take the threads instead.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from time import monotonic

from django.conf import settings

from citizens.identity.providers.base import ProviderFailed

# When the calls that are out began, by provider; the oldest first.
_out: defaultdict[str, list[float]] = defaultdict(list)
_changed = Condition()


@contextmanager
def place_at(provider_code: str) -> Iterator[None]:
    """Around calls to the provider. Raises ProviderFailed when there is no place among the calls that are out."""
    began_at = _take(provider_code)
    try:
        yield
    finally:
        with _changed:
            _out[provider_code].remove(began_at)
            _changed.notify_all()


def _take(provider_code: str) -> float:
    with _changed:
        out = _out[provider_code]
        while len(out) >= settings.PROVIDER_CALLS_IN_FLIGHT:
            patience = out[0] + settings.PROVIDER_CALL_IS_SLOW.total_seconds() - monotonic()
            if patience <= 0:
                raise ProviderFailed("too_many_calls")
            _changed.wait(patience)
        out.append(monotonic())
        return out[-1]
