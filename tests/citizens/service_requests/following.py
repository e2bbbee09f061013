"""Requests that have come some way, and agencies that can do more than take them."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from citizens.service_requests.lifecycle import News, lock_requests, save_transitions, transition
from citizens.service_requests.models import (
    OPEN_OUTCOMES,
    DeliveryAttempt,
    Outcome,
    ServiceRequest,
    Status,
    StatusEvent,
)
from services_catalog.models import Service
from tests.citizens.service_requests.submitting import PATH


def path_of(service_request: ServiceRequest, ending: str = "") -> str:
    return f"{PATH}/{service_request.pk}{ending}"


def move(service_request: ServiceRequest, to: Status, **fields: Any) -> None:
    """As the agency's news moves it; `fields` are written over it afterwards."""
    with transaction.atomic():
        locked = lock_requests([service_request.pk])[service_request.pk]
        save_transitions([locked], [transition(locked, to, News(source=StatusEvent.Source.AGENCY))])
    ServiceRequest.objects.filter(pk=service_request.pk).update(**{"updated_at": timezone.now(), **fields})
    service_request.refresh_from_db()


def attempt(service_request: ServiceRequest, outcome: Outcome) -> DeliveryAttempt:
    """The first attempt, as a claim leaves it."""
    ServiceRequest.objects.filter(pk=service_request.pk).update(next_attempt_at=None, attempt_count=1)
    return DeliveryAttempt.objects.create(
        service_request=service_request,
        lane_id=service_request.service_id,
        number=1,
        outcome=outcome,
        lease_expires_at=timezone.now(),
        created_at=timezone.now(),
        finished_at=None if outcome in OPEN_OUTCOMES else timezone.now(),
    )


def offer(service: Service, *options: str) -> None:
    """Has the agency offer "cancel_url", "response_url"."""
    service.adapter_options |= dict.fromkeys(options, "http://127.0.0.1:9/cases/{reference}")
    service.save(update_fields=["adapter_options"])
