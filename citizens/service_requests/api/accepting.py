"""What all calls that send something have in common: the idempotency key, and the receipt."""

import re

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from citizens.service_requests import problems
from citizens.service_requests.services import Accepted
from services_catalog.problems import Problem

_KEY = re.compile(r"[\x21-\x7e]{1,128}\Z")
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    required=True,
    pattern=r"^[\x21-\x7e]{1,128}$",
    description="Made anew for each request and sent again with each retry of it (8 or more random bytes).",
)
REPLAYED = OpenApiParameter(
    "Idempotency-Replayed",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    response=[202],
    description="`true` when this had been accepted before",
)
LOCATION = OpenApiParameter(
    "Location",
    OpenApiTypes.URI,
    OpenApiParameter.HEADER,
    response=[202, 409],
    description="Of the request; with `already_sent` of the one that was sent before",
)


def idempotency_key_of(request: Request) -> str:
    """Raises Problem MISSING_IDEMPOTENCY_KEY."""
    key = request.headers.get("Idempotency-Key", "")
    if not _KEY.match(key):
        raise Problem(problems.MISSING_IDEMPOTENCY_KEY)
    return key


def accepted_response(accepted: Accepted) -> Response:
    headers = {"Location": reverse("service-request-detail", args=[accepted.id])}
    if accepted.replayed:
        headers["Idempotency-Replayed"] = "true"
    receipt = {name: getattr(accepted, name) for name in ("id", "receipt_number", "status", "created_at")}
    return Response(receipt, status=202, headers=headers)
