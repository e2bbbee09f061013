"""Answering an agency that has asked the citizen for something."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.service_requests import problems
from citizens.service_requests.errands import lock_request_of, send_errand
from citizens.service_requests.lifecycle import News, save_transitions, transition
from citizens.service_requests.models import Actor, CitizenResponse, Errand, ServiceRequest, Status, StatusEvent
from citizens.service_requests.possibilities import response_refusal
from citizens.service_requests.services import response_place
from citizens.service_requests.texts import ANSWER_ON_ITS_WAY
from services_catalog.encryption import encrypt_json, fingerprints
from services_catalog.problems import INVALID_DATA, Problem
from services_catalog.schemas import short_form_problems


@transaction.atomic
def request_respond(*, citizen_id: UUID, request_id: UUID, idempotency_key: str, data: Mapping[str, Any]) -> bool:
    """Keeps the answer and sends it to the agency; returns False when this key had been taken before.

    Raises Problem: NOT_FOUND, NOTHING_ASKED, ANSWER_TOO_LATE, CANNOT_ANSWER_HERE, STILL_SENDING, INVALID_DATA when it
    does not fit the agency's form, IDEMPOTENCY_KEY_REUSED when the key came with another answer.
    """
    service_request = lock_request_of(citizen_id, request_id)
    content = json.dumps(data, sort_keys=True, separators=(",", ":")).encode()
    known_as = fingerprints(content, purpose="response")
    if earlier := service_request.responses.filter(key=idempotency_key).first():
        if bytes(earlier.body_fingerprint) not in known_as:
            raise Problem(problems.IDEMPOTENCY_KEY_REUSED)
        return False
    now = timezone.now()
    if refusal := response_refusal(service_request, now):
        raise refusal
    _check_form(service_request, data)
    new_id = uuid7()
    CitizenResponse.objects.create(
        id=new_id,
        service_request=service_request,
        key=idempotency_key,
        body_fingerprint=known_as[0],
        data_encrypted=encrypt_json(data, bound_to=response_place(new_id)),
        created_at=now,
    )
    _send(service_request)
    return True


def _check_form(service_request: ServiceRequest, data: Mapping[str, Any]) -> None:
    if service_request.asked_form and (found := short_form_problems(service_request.asked_form, data)):
        raise Problem(INVALID_DATA, errors=problems.in_data(found))


def _send(service_request: ServiceRequest) -> None:
    news = News(source=StatusEvent.Source.CITIZEN, next_actor=Actor.AGENCY, milestone=ANSWER_ON_ITS_WAY)
    event = transition(service_request, Status.ACTION_REQUIRED, news)
    send_errand(service_request, Errand.RESPONSE)
    save_transitions([service_request], [event])
