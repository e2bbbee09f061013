"""Accepted requests in their thousands: what routing starts from, without the time it takes to accept them."""

import json
from datetime import timedelta
from itertools import cycle, islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from benchmarks.peers.calls import Job
from benchmarks.submissions import make_citizens
from citizens.identity.claims import applicant_claims
from citizens.models import Citizen
from citizens.service_requests.bulk import insert_rows
from citizens.service_requests.lifecycle import first_event
from citizens.service_requests.models import ServiceRequest, StatusEvent
from citizens.service_requests.receipts import new_receipt_number
from citizens.service_requests.retry import RetryProfile
from citizens.service_requests.services import data_place
from services_catalog.encryption import encrypt_json
from services_catalog.models import Lane, Service
from services_catalog.services.credentials import outgoing_secret

_BATCH = 2000
_CITIZENS = 500


class Backlog:
    """Requests of many citizens to some services, whose lanes are paused until `release`."""

    def __init__(self, services: list[Service], options: dict[str, object]) -> None:
        codes = [service.code for service in services]
        Service.objects.filter(code__in=codes).update(adapter="rest_json", adapter_options=options)
        self.services = list(
            Service.objects.filter(code__in=codes).select_related("current_version", "agency__credential")
        )
        self._options = options
        self._citizens = make_citizens(_CITIZENS)

    @property
    def lanes(self) -> list[UUID]:
        return [service.pk for service in self.services]

    def refill(self, count: int, *, slots: int = 8) -> list[str]:
        """Throws away all requests and accepts `count` new ones, lanes paused; returns their ids."""
        Lane.objects.filter(pk__in=self.lanes).update(paused=True, slots=slots)
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {ServiceRequest._meta.db_table} CASCADE")
        pairs = islice(zip(cycle(self.services), cycle(self._citizens), strict=False), count)
        requests = [_accepted(service, citizen) for service, citizen in pairs]
        with transaction.atomic():
            events = [first_event(one) for one in requests]
            ServiceRequest.objects.bulk_create(requests, batch_size=_BATCH)
            insert_rows(StatusEvent, [vars(event) for event in events])
        return [str(one.pk) for one in requests]

    def release(self) -> None:
        """The lanes run again."""
        Lane.objects.filter(pk__in=self.lanes).update(paused=False)

    def jobs(self, count: int) -> list[Job]:
        """As many calls as `refill` would leave to make."""
        pairs = islice(zip(cycle(self.services), cycle(self._citizens), strict=False), count)
        return [self._job(service, citizen) for service, citizen in pairs]

    def _job(self, service: Service, citizen: Citizen) -> Job:
        version = service.current_version
        assert version is not None
        fields = {
            "reference": str(uuid7()),
            "version": version.number,
            "data": version.example,
            "applicant": applicant_claims(citizen, version.claims),
            "service": service.code,
        }
        secret = outgoing_secret(getattr(service.agency, "credential", None))
        return Job(fields["reference"], str(self._options["submit_url"]), secret, json.dumps(fields))


def _accepted(service: Service, citizen: Citizen) -> ServiceRequest:
    """A request as acceptance leaves it."""
    now = timezone.now()
    new_id = uuid7()
    version = service.current_version
    assert version is not None
    return ServiceRequest(
        id=new_id,
        receipt_number=new_receipt_number(timezone.localtime(now).year),
        citizen=citizen,
        service=service,
        version=version,
        data_encrypted=encrypt_json(version.example, bound_to=data_place(new_id)),
        next_attempt_at=now,
        give_up_at=now + _give_up_after(),
        request_id=str(new_id),
        created_at=now,
        updated_at=now,
    )


def _give_up_after() -> timedelta:
    """Production's: the sandbox's minute may be over before a backlog is delivered."""
    profile: dict[str, Any] = settings.RETRY_PROFILES["production"]
    return RetryProfile(**profile).give_up_after


def completed() -> int:
    """Requests that have come to their end well."""
    return ServiceRequest.objects.filter(status="completed").count()
