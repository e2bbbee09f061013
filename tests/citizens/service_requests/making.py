"""Services, citizens and requests for the tests of delivery, made by the product's own services."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from citizens.identity.assurance import Assurance
from citizens.identity.citizens import citizen_identify
from citizens.identity.providers.base import VerifiedIdentity
from citizens.models import Citizen
from citizens.service_requests.models import OPEN_OUTCOMES, DeliveryAttempt, Outcome, ServiceRequest
from citizens.service_requests.services import Asked, request_submit
from services_catalog.models import Agency, Lane, Service
from services_catalog.services.credentials import credential_set_primary
from services_catalog.services.publishing import service_publish, service_version_create
from superapp.sandbox.credentials import agency_credentials
from superapp.sandbox.people import check_digit

FORM = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "note": {"type": "string", "x-label": {"th": "หมายเหตุ", "en": "Note"}},
        "child": {"type": "string", "format": "thai-national-id", "x-label": {"th": "เลขของบุตร", "en": "Child"}},
    },
}
ASSURANCE = Assurance(Decimal("2.3"), Decimal("2.2"))


def make_citizen(first_twelve: str = "") -> Citizen:
    first_twelve = first_twelve or f"1{uuid4().int % 10**11:011d}"
    return citizen_identify(
        VerifiedIdentity(
            provider="thaid",
            subject=uuid4().hex,
            national_id=first_twelve + check_digit(first_twelve),
            assurance=ASSURANCE,
            claims={"name_th": "นายทดสอบ ระบบดี", "given_name_th": "ทดสอบ", "gender": "male"},
        )
    )


def make_service(
    options: Mapping[str, Any] | None = None,
    *,
    adapter: str = "rest_json",
    claims: Sequence[str] = (),
    **lane: Any,
) -> Service:
    """A published service of an agency of its own, which knows the sandbox's secrets; `lane` are its fields."""
    number = uuid4().hex[:10]
    agency = Agency.objects.create(code=f"a{number}", name_th="กรมทดสอบ", name_en="Department of Tests")
    secrets = agency_credentials(agency.code, secret=settings.SANDBOX_SECRET)
    credential_set_primary(
        agency=agency,
        api_key=secrets.api_key,
        callback_secret=secrets.callback_secret,
        outgoing_secret=secrets.outgoing_secret,
    )
    service = Service.objects.create(
        code=f"s{number}",
        agency=agency,
        name_th="ขอทดสอบ",
        name_en="Ask for a test",
        adapter=adapter,
        adapter_options=dict(options or {"submit_url": "http://127.0.0.1:9/cases"}),
    )
    version = service_version_create(service=service, form=FORM, example={"note": "x"}, claims=claims)
    service_publish(service=service, version=version)
    Lane.objects.filter(pk=service.pk).update(**{"slots": 8, **lane})
    return Service.objects.get(pk=service.pk)


def make_request(service: Service, *, citizen: Citizen | None = None, **fields: Any) -> ServiceRequest:
    """An accepted request that is due now; `fields` are written over it afterwards."""
    accepted = request_submit(
        citizen_id=(citizen or make_citizen()).pk,
        assurance=ASSURANCE,
        idempotency_key=uuid4().hex,
        asked=Asked(service.code, 1, {"note": "secret words"}, send_again=True),
        request_id="trace-1",
    )
    ServiceRequest.objects.filter(pk=accepted.id).update(
        next_attempt_at=fields.pop("next_attempt_at", timezone.now()), **fields
    )
    return ServiceRequest.objects.get(pk=accepted.id)


def make_attempt(service_request: ServiceRequest, outcome: Outcome = Outcome.SENDING, **fields: Any) -> DeliveryAttempt:
    """An attempt with half a minute of lease left, as a claim leaves it."""
    now = timezone.now()
    number = service_request.attempt_count + 1
    ServiceRequest.objects.filter(pk=service_request.pk).update(next_attempt_at=None, attempt_count=number)
    return DeliveryAttempt.objects.create(
        service_request=service_request,
        lane_id=service_request.service_id,
        number=number,
        outcome=outcome,
        **{
            "lease_expires_at": now + timedelta(seconds=30),
            "created_at": now,
            "finished_at": None if outcome in OPEN_OUTCOMES else now,
            **fields,
        },
    )


def make_due(service_request: ServiceRequest) -> None:
    """What waits for its next attempt waits no longer; what does not wait stays as it is."""
    waiting = ServiceRequest.objects.filter(pk=service_request.pk, next_attempt_at__isnull=False)
    waiting.update(next_attempt_at=timezone.now())


def statuses(service_request: ServiceRequest) -> list[str]:
    """The citizen's timeline."""
    return list(service_request.events.order_by("sequence").values_list("status", flat=True))
