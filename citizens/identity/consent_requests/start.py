"""Beginning a sign-in by consent. Whether the chosen bank knows the number is asked later, by a worker.

So the answer tells nothing about a number that is not known, not even by its time: such a request waits like the
others, and ends as one that nobody has answered.
"""

import base64
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from celery import current_app
from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.identity.citizens import national_id_fingerprints
from citizens.identity.consent_requests.banks import banks_of
from citizens.identity.consent_requests.limits import lock_counters, refuse_too_many, still_open
from citizens.identity.consent_requests.rows import State, callback_token, end, seal_number, seal_salt
from citizens.identity.devices import Device
from citizens.identity.providers.consent_request import ConsentRequestProvider
from citizens.identity.secrets import digest
from citizens.models import ConsentRequest
from services_catalog.languages import Text
from services_catalog.problems import INVALID_DATA, FieldProblem, Problem
from services_catalog.queues import ASK_CONSENT_REQUEST

_BANK_UNKNOWN = FieldProblem(
    "/bank", "unknown_bank", Text("กรุณาเลือกธนาคารจากรายการ", "Please choose a bank of the list.")
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the phone asks for. `device_id` is its installation's own; the number is nowhere else in clear."""

    national_id: str
    bank: str
    code_challenge: str
    device_id: str
    device: Device


def consent_request_start(*, node: ConsentRequestProvider, wanted: Wanted) -> ConsentRequest:
    """Begins one, to be put to the person by a worker; a phone that lost the answer gets the same one again.

    Raises Problem IDENTITY_PROVIDER_DOWN, CONSENT_REQUEST_OPEN, TOO_MANY_CONSENT_REQUESTS or INVALID_DATA.
    """
    if wanted.bank not in {bank.node_id for bank in banks_of(node)}:
        raise Problem(INVALID_DATA, errors=[_BANK_UNKNOWN])
    numbers, device = national_id_fingerprints(wanted.national_id), digest(wanted.device_id)
    now = timezone.now()
    with transaction.atomic():
        lock_counters(wanted.national_id.encode(), device)
        if found := _same_again(numbers, device, wanted, now):
            return found
        refuse_too_many(numbers=numbers, device=device, now=now)
        request = _insert(node, wanted, now)
        ask_soon(request)
    return request


def _same_again(numbers: list[bytes], device: bytes, wanted: Wanted, now: datetime) -> ConsentRequest | None:
    """The open request for this number if this phone has begun it; one whose time is over is ended."""
    found = (
        ConsentRequest.objects.select_for_update()
        .filter(number_fingerprint__in=numbers, state__in=ConsentRequest.OPEN_STATES)
        .first()
    )
    if found is None:
        return None
    if found.expires_at <= now:
        end(found, State.TIMED_OUT, "timed_out", now=now)
        found.save(update_fields=["state", "failure_code", "next_poll_at"])
        return None
    if bytes(found.device_hash) == device and found.code_challenge == wanted.code_challenge:
        return found
    raise still_open(found, now)


def _insert(node: ConsentRequestProvider, wanted: Wanted, now: datetime) -> ConsentRequest:
    new_id = uuid7()
    return ConsentRequest.objects.create(
        id=new_id,
        provider=node.code,
        number_fingerprint=national_id_fingerprints(wanted.national_id)[0],
        number_encrypted=seal_number(new_id, wanted.national_id),
        device_hash=digest(wanted.device_id),
        device_name=wanted.device.name,
        network=wanted.device.network,
        idp_node_id=wanted.bank,
        reference=f"{secrets.randbelow(10**6):06d}",
        code_challenge=wanted.code_challenge,
        callback_token_hash=digest(callback_token(new_id)),
        # Ours, so that it is known also when the node's answer is lost.
        initial_salt_encrypted=seal_salt(new_id, base64.b64encode(os.urandom(32)).decode()),
        next_poll_at=now,
        expires_at=now + timedelta(seconds=node.terms.request_timeout),
    )


def ask_soon(request: ConsentRequest) -> None:
    """Tells a worker, once the row is there; what the broker loses the beat finds within seconds."""
    transaction.on_commit(
        lambda: current_app.send_task(
            ASK_CONSENT_REQUEST, args=[str(request.pk)], expires=60, retry=True, retry_policy={"max_retries": 0}
        ),
        robust=True,
    )
