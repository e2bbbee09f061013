"""Which agency calls: its API key, and a signature over what it sends (Standard Webhooks 1.0)."""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Iterable
from dataclasses import dataclass

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from citizens.identity.counted_authentication import CountedAuthentication, bearer
from citizens.identity.devices import counted_address
from services_catalog.languages import Text
from services_catalog.models import Agency
from services_catalog.problems import Problem, ProblemType
from services_catalog.services.credentials import callback_secrets, credential_by_api_key

_TOLERANCE_SECONDS = 300

AGENCY_NOT_RECOGNISED = ProblemType(
    "agency_not_recognised",
    401,
    Text("ไม่รู้จักหน่วยงาน", "Agency not recognised"),
    Text(
        "คีย์ของหน่วยงานหรือลายเซ็นของข้อความไม่ถูกต้อง",
        "The agency's API key or the signature of the message is wrong.",
    ),
)


@dataclass(frozen=True, slots=True)
class SignedInAgency:
    """The agency whose key and signature were right."""

    agency: Agency
    is_authenticated: bool = True

    @property
    def pk(self) -> str:
        return f"agency:{self.agency.pk}"


def signed_in_agency(request: Request) -> SignedInAgency:
    """The agency that the permission IsAgency has let through."""
    agency: object = request.user
    if not isinstance(agency, SignedInAgency):
        raise TypeError("this view is not for agencies")
    return agency


class AgencyAuthentication(CountedAuthentication):
    """`Authorization: Bearer <API key>`, webhook-id, webhook-timestamp and webhook-signature."""

    def recognise(self, request: Request) -> tuple[SignedInAgency, None]:
        api_key = bearer(request)
        credential = None if api_key is None else credential_by_api_key(api_key)
        if credential is None or not _signed(request, callback_secrets(credential)):
            raise Problem(AGENCY_NOT_RECOGNISED, headers={"WWW-Authenticate": "Bearer"})
        return SignedInAgency(credential.agency), None

    def throttle_keys(self, request: Request) -> list[tuple[str, str]]:
        return [("wrong_key", counted_address(request))]


class IsAgency(BasePermission):
    """An agency with a right key and signature."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, SignedInAgency)


def _signed(request: Request, secrets: Iterable[str]) -> bool:
    message_id, timestamp = (
        request.headers.get("webhook-id", ""),
        request.headers.get("webhook-timestamp", ""),
    )
    if not message_id or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        return False
    if abs(time.time() - int(timestamp)) > _TOLERANCE_SECONDS:
        return False
    signed = f"{message_id}.{timestamp}.".encode() + request._request.body
    given = [
        signature.removeprefix("v1,")
        for signature in request.headers.get("webhook-signature", "").split(" ")
        if signature.startswith("v1,")
    ]
    return any(_matches(signed, secret, given) for secret in secrets)


def _matches(signed: bytes, secret: str, given: Iterable[str]) -> bool:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return False
    right = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return any(hmac.compare_digest(right.encode(), one.encode()) for one in given)
