"""The one way agencies push news to us."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from citizens.identity.agency_authentication import signed_in_agency
from citizens.identity.api.agency_headers import LONGEST_MESSAGE_ID, SIGNATURE_HEADERS
from citizens.identity.api.agency_view import AgencyView
from citizens.service_requests.agency_news import AgencyStatus, Asks, request_apply_agency_status
from citizens.service_requests.api.agency_serializers import AgencyAnswerSerializer, StatusEventMessageSerializer
from citizens.service_requests.models import Actor, Status
from services_catalog.languages import NO_TEXT, Text


class StatusEventsView(AgencyView):
    problem_statuses = {"POST": ("404",)}

    @extend_schema(
        summary="Report how a request stands",
        parameters=SIGNATURE_HEADERS,
        request=StatusEventMessageSerializer,
        responses=AgencyAnswerSerializer,
    )
    def post(self, request: Request) -> Response:
        event_id = request.headers["webhook-id"]
        if len(event_id) > LONGEST_MESSAGE_ID:
            raise ParseError
        message = StatusEventMessageSerializer(data=request.data)
        message.is_valid(raise_exception=True)
        applied = request_apply_agency_status(
            agency=signed_in_agency(request).agency, event_id=event_id, news=_news(message.validated_data)
        )
        return Response({"accepted": True, "replayed": not applied})


def _news(message: dict[str, Any]) -> AgencyStatus:
    data = message["data"]
    return AgencyStatus(
        reference=data["reference"],
        status=Status(data["status"]),
        occurred_at=message["timestamp"],
        agency_reference=data["agency_reference"],
        next_actor=Actor(data["who_acts_next"]) if "who_acts_next" in data else None,
        label=Text(**data["label"]) if "label" in data else NO_TEXT,
        milestone=Text(**data["milestone"]) if "milestone" in data else NO_TEXT,
        opened_at=data.get("opened_at"),
        asks=_asks(data["asks"]) if "asks" in data else None,
        refuses_to_cancel="cancellation" in data,
    )


def _asks(asks: dict[str, Any]) -> Asks:
    return Asks(text=Text(**asks["text"]), until=asks["until"], form=asks["form"])
