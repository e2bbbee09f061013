"""What an attempt is going to send, decrypted while the row is at hand: no thread that calls may look it up later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from citizens.identity.claims import applicant_claims
from citizens.service_requests.models import CitizenResponse, Errand
from citizens.service_requests.routing.taking import Taken
from citizens.service_requests.services import data_place, response_place
from services_catalog.adapters.types import Answer, Submission
from services_catalog.encryption import decrypt_json
from services_catalog.models import Service, ServiceVersion


@dataclass(frozen=True, slots=True)
class Cancellation:
    """The citizen wants the agency to cancel what it has under our reference."""

    reference: str


Payload = Submission | Answer | Cancellation


def answers_to_send(taken: Sequence[Taken]) -> dict[UUID, CitizenResponse]:
    """By request: the newest answer that was not delivered, of those whose errand is to deliver one."""
    waiting = [one.request_id for one in taken if one.errand == Errand.RESPONSE]
    if not waiting:
        return {}
    found = CitizenResponse.objects.filter(service_request_id__in=waiting, delivered_at__isnull=True).order_by("pk")
    return {answer.service_request_id: answer for answer in found}


def payload_of(taken: Taken, service_code: str, answers: Mapping[UUID, CitizenResponse]) -> Payload:
    """Raises CannotDecrypt, and KeyError when there is no answer to deliver."""
    match Errand(taken.errand):
        case Errand.SUBMISSION:
            return _submission(taken, service_code)
        case Errand.RESPONSE:
            return _answer(answers[taken.request_id])
        case Errand.CANCELLATION:
            return Cancellation(str(taken.request_id))


@cache
def service_code(lane_id: UUID) -> str:
    """Of the service whose lane it is; a code never changes."""
    return Service.objects.values_list("code", flat=True).get(pk=lane_id)


@lru_cache(maxsize=2000)
def _offer(version_id: UUID) -> tuple[int, tuple[str, ...]]:
    """The number of a service version and the claims that its agency gets; a version never changes."""
    number, claims = ServiceVersion.objects.values_list("number", "claims").get(pk=version_id)
    return number, tuple(claims)


def _submission(taken: Taken, service_code: str) -> Submission:
    number, claims = _offer(taken.version_id)
    data: Mapping[str, Any] = decrypt_json(taken.data_encrypted, bound_to=data_place(taken.request_id))
    reference = str(taken.request_id)
    return Submission(
        reference=reference,
        idempotency_key=reference,
        service_code=service_code,
        version=number,
        data=data,
        applicant=applicant_claims(taken.citizen, claims) if claims else {},
    )


def _answer(answer: CitizenResponse) -> Answer:
    data: Mapping[str, Any] = decrypt_json(answer.data_encrypted, bound_to=response_place(answer.pk))
    return Answer(reference=str(answer.service_request_id), idempotency_key=str(answer.pk), data=data)
