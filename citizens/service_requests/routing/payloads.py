"""What an attempt is going to send, decrypted while the row is at hand: no thread that calls may look it up later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from citizens.identity.claims import applicant_claims
from citizens.service_requests.models import CitizenResponse, Errand, ServiceRequest
from citizens.service_requests.services import data_place, response_place
from services_catalog.adapters.types import Answer, Submission
from services_catalog.encryption import decrypt_json
from services_catalog.models import ServiceVersion


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The citizen wants the agency to cancel what it has under our reference."""

    reference: str


Payload = Submission | Answer | Cancellation


def answers_to_send(service_requests: Sequence[ServiceRequest]) -> dict[UUID, CitizenResponse]:
    """By request: the newest answer that was not delivered, of those whose errand is to deliver one."""
    waiting = [one.pk for one in service_requests if one.errand == Errand.RESPONSE]
    if not waiting:
        return {}
    found = CitizenResponse.objects.filter(service_request_id__in=waiting, delivered_at__isnull=True).order_by("pk")
    return {answer.service_request_id: answer for answer in found}


def payload_of(service_request: ServiceRequest, service_code: str, answers: Mapping[UUID, CitizenResponse]) -> Payload:
    """Raises CannotDecrypt, and KeyError when there is no answer to deliver."""
    match Errand(service_request.errand):
        case Errand.SUBMISSION:
            return _submission(service_request, service_code)
        case Errand.RESPONSE:
            return _answer(answers[service_request.pk])
        case Errand.CANCELLATION:
            return Cancellation(str(service_request.pk))


@lru_cache(maxsize=2000)
def _offer(version_id: UUID) -> tuple[int, tuple[str, ...]]:
    """The number of a service version and the claims that its agency gets; a version never changes."""
    number, claims = ServiceVersion.objects.values_list("number", "claims").get(pk=version_id)
    return number, tuple(claims)


def _submission(service_request: ServiceRequest, service_code: str) -> Submission:
    number, claims = _offer(service_request.version_id)
    data: Mapping[str, Any] = decrypt_json(service_request.data_encrypted, bound_to=data_place(service_request.pk))
    return Submission(
        reference=str(service_request.pk),
        idempotency_key=str(service_request.pk),
        service_code=service_code,
        version=number,
        data=data,
        applicant=applicant_claims(service_request.citizen, claims) if claims else {},
    )


def _answer(answer: CitizenResponse) -> Answer:
    data: Mapping[str, Any] = decrypt_json(answer.data_encrypted, bound_to=response_place(answer.pk))
    return Answer(reference=str(answer.service_request_id), idempotency_key=str(answer.pk), data=data)
