"""The circuit breaker of a provider: a row that all processes share, written only when something changes.

After PROVIDER_BREAKER["failures"] failures in a row nobody is sent there for a wait that grows with each further one.
When the wait is over, exactly one of those who come tries whether the provider is back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from citizens.identity.problems import IDENTITY_PROVIDER_DOWN
from citizens.identity.providers.base import IdentityNotProven, Provider, ProviderFailed
from citizens.identity.providers.in_flight import place_at
from citizens.identity.providers.registry import switched_on
from citizens.models import IdentityProvider, ProviderHealth
from services_catalog.problems import Problem

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Passage:
    """Whether a call may be made, and what it then is."""

    is_open: bool
    is_probe: bool = False
    had_failures: bool = False


def closed_until(row: IdentityProvider) -> datetime | None:
    """Until when nobody is sent to the provider; None while it is up."""
    health = getattr(row, "health", None)
    if health is None or health.closed_until is None or health.closed_until <= timezone.now():
        return None
    closed: datetime = health.closed_until
    return closed


def found_up() -> dict[str, bool]:
    """Whether each provider that is on is up, by its code: one that was found down is until a call to it succeeds."""
    rows = IdentityProvider.objects.filter(is_on=True).values_list("code", "health__closed_until")
    return {code: closed is None for code, closed in rows}


@contextmanager
def guarded(provider_code: str) -> Iterator[None]:
    """Around a call to the provider: counts how it ends. Raises ProviderFailed at once while the provider is down, or
    has all the calls that it may have of this process; that is nothing it has failed in.
    """
    with place_at(provider_code):
        passage = _pass(provider_code)
        if not passage.is_open:
            raise ProviderFailed("breaker_open")
        try:
            yield
        except ProviderFailed as failure:
            failure_note(provider_code, failure.code, is_probe=passage.is_probe)
            raise
        except IdentityNotProven:
            _forget_failures(provider_code, passage)
            raise
        _forget_failures(provider_code, passage)


def is_left_alone(provider_code: str) -> bool:
    """Whether nobody is sent there now; for those whose own calls do not count."""
    return ProviderHealth.objects.filter(provider=provider_code, closed_until__gt=timezone.now()).exists()


def require_up(provider: Provider, callback_uri: str) -> None:
    """Raises Problem IDENTITY_PROVIDER_DOWN instead of sending a citizen to one that is down."""
    if not is_up(provider, callback_uri):
        raise provider_down(provider.code)


def is_up(provider: Provider, callback_uri: str) -> bool:
    """Whether calls may be made. The first who asks after the wait has the provider tried without a citizen."""
    passage = _pass(provider.code)
    return _probe(provider, callback_uri) if passage.is_probe else passage.is_open


def _probe(provider: Provider, callback_uri: str) -> bool:
    """What is tried is not all of a sign-in, so the failures are forgotten only when one of those succeeds."""
    try:
        provider.check(callback_uri)
    except ProviderFailed as failure:
        failure_note(provider.code, failure.code, is_probe=True)
        return False
    ProviderHealth.objects.filter(provider=provider.code).update(closed_until=None)
    return True


def _pass(provider_code: str) -> _Passage:
    health = ProviderHealth.objects.filter(provider=provider_code).first()
    if health is None or health.closed_until is None:
        return _Passage(is_open=True, had_failures=bool(health and health.failures))
    now = timezone.now()
    if health.closed_until > now:
        return _Passage(is_open=False)
    due = ProviderHealth.objects.filter(provider=provider_code, closed_until=health.closed_until)
    is_mine = due.update(closed_until=now + settings.PROVIDER_BREAKER["probe_time"]) == 1
    return _Passage(is_open=is_mine, is_probe=is_mine, had_failures=True)


def _forget_failures(provider_code: str, passage: _Passage) -> None:
    if passage.had_failures:
        answer_note(provider_code)


def answer_note(provider_code: str) -> None:
    """Counts a call that was answered: the failures before it are forgotten."""
    ProviderHealth.objects.filter(provider=provider_code, failures__gt=0).update(
        failures=0, closed_until=None, failed_since=None, last_failure=""
    )


@transaction.atomic
def failure_note(provider_code: str, code: str, *, is_probe: bool = False) -> None:
    """Counts a call that failed."""
    ProviderHealth.objects.get_or_create(provider_id=provider_code)
    health = ProviderHealth.objects.select_for_update().get(provider_id=provider_code)
    now = timezone.now()
    if health.closed_until is not None and health.closed_until > now and not is_probe:
        return  # a call that was out when the breaker opened
    health.failures += 1
    health.failed_since = health.failed_since or now
    health.last_failure = code[:60]
    too_many = health.failures - settings.PROVIDER_BREAKER["failures"]
    if too_many >= 0:
        waits: list[timedelta] = settings.PROVIDER_BREAKER["waits"]
        health.closed_until = now + waits[min(too_many, len(waits) - 1)]
        logger.warning("provider_down", provider=provider_code, code=code, failures=health.failures)
    health.save()


def provider_down(provider_code: str) -> Problem:
    """IDENTITY_PROVIDER_DOWN, with those that are up."""
    rows = {row.code: row for row in switched_on()}
    until = ProviderHealth.objects.filter(provider=provider_code).values_list("closed_until", flat=True).first()
    seconds = max(1, round((until - timezone.now()).total_seconds())) if until else 1
    up = [code for code, row in rows.items() if code != provider_code and closed_until(row) is None]
    return Problem(IDENTITY_PROVIDER_DOWN, headers={"Retry-After": str(seconds)}, extensions={"providers": up})
