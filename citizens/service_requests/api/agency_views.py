"""The one way agencies push news to us."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from citizens.service_requests.agency_news import (
    REPORTABLE_CHOICES,
    AgencyStatus,
    request_apply_agency_status,
)
from citizens.service_requests.api.agency_authentication import (
    AgencyAuthentication,
    IsAgency,
    signed_in_agency,
)
from citizens.service_requests.models import Actor, Status
from services_catalog.languages import NO_TEXT, Text

_LONGEST_EVENT_ID = 128
_SIGNATURE_HEADERS = [
    OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description=description)
    for name, description in [
        ("webhook-id", f"The event's id (at most {_LONGEST_EVENT_ID} characters); sending it again changes nothing"),
        ("webhook-timestamp", "Seconds since 1970, at most five minutes off"),
        ("webhook-signature", "`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`"),
    ]
]


class AgencyTextSerializer(serializers.Serializer[Any]):
    th = serializers.CharField(max_length=1000, allow_blank=True)
    en = serializers.CharField(max_length=1000, allow_blank=True)


class AgencyStatusSerializer(serializers.Serializer[Any]):
    """How a request stands at the agency."""

    reference = serializers.UUIDField(help_text="Our reference, as it came with the submission")
    status = serializers.ChoiceField(choices=REPORTABLE_CHOICES)
    agency_reference = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    label = AgencyTextSerializer(required=False, help_text="The agency's own name of this step")  # type: ignore[assignment]
    milestone = AgencyTextSerializer(required=False, help_text="What the citizen should read about it")
    who_acts_next = serializers.ChoiceField(choices=Actor.choices, required=False)


class StatusEventMessageSerializer(serializers.Serializer[Any]):
    """A Standard Webhooks message."""

    type = serializers.ChoiceField(choices=["service_request.status_changed"])
    timestamp = serializers.DateTimeField(help_text="When it happened")
    data = AgencyStatusSerializer()  # type: ignore[assignment]


class AgencyAnswerSerializer(serializers.Serializer[Any]):
    accepted = serializers.BooleanField()
    replayed = serializers.BooleanField(help_text="This event's id had been taken before")


class StatusEventsView(APIView):
    authentication_classes = (AgencyAuthentication,)
    permission_classes = (IsAgency,)
    throttle_scope = "agency"
    problem_statuses = {"POST": ("404",)}

    @extend_schema(
        summary="Report how a request stands",
        parameters=_SIGNATURE_HEADERS,
        request=StatusEventMessageSerializer,
        responses=AgencyAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        event_id = request.headers["webhook-id"]
        if len(event_id) > _LONGEST_EVENT_ID:
            raise ParseError
        message = StatusEventMessageSerializer(data=request.data)
        message.is_valid(raise_exception=True)
        data = message.validated_data["data"]
        applied = request_apply_agency_status(
            agency=signed_in_agency(request).agency,
            event_id=event_id,
            news=AgencyStatus(
                reference=data["reference"],
                status=Status(data["status"]),
                occurred_at=message.validated_data["timestamp"],
                agency_reference=data["agency_reference"],
                next_actor=Actor(data["who_acts_next"]) if "who_acts_next" in data else None,
                label=Text(**data["label"]) if "label" in data else NO_TEXT,
                milestone=Text(**data["milestone"]) if "milestone" in data else NO_TEXT,
            ),
        )
        return Response({"accepted": True, "replayed": not applied})
