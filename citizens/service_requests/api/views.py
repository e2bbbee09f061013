"""Sending a service request and following it."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from citizens.identity.authentication import signed_in_citizen
from citizens.service_requests import measuring, selectors
from citizens.service_requests.api.accepting import (
    IDEMPOTENCY_KEY,
    LOCATION,
    REPLAYED,
    accepted_response,
    idempotency_key_of,
)
from citizens.service_requests.api.serializers import (
    AcceptedSerializer,
    AnswerSerializer,
    ServiceRequestSerializer,
    StatusEventSerializer,
    SubmissionSerializer,
)
from citizens.service_requests.cancelling import request_cancel
from citizens.service_requests.draft_sending import request_submit_or_keep
from citizens.service_requests.models import ServiceRequest, Status
from citizens.service_requests.responding import request_respond
from citizens.service_requests.services import Asked


class ServiceRequestsView(GenericAPIView[ServiceRequest]):
    serializer_class = ServiceRequestSerializer
    throttle_scope = "submission"
    problem_statuses = {"POST": ("404", "409")}

    def get_queryset(self) -> QuerySet[ServiceRequest]:
        return selectors.requests_of(signed_in_citizen(self.request).id)

    @extend_schema(summary="My service requests, newest first", responses=ServiceRequestSerializer(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Send a service request",
        parameters=[IDEMPOTENCY_KEY, LOCATION, REPLAYED],
        request=SubmissionSerializer,
        responses={202: AcceptedSerializer},
    )
    def post(self, request: Request) -> Response:
        key = idempotency_key_of(request)
        submission = SubmissionSerializer(data=request.data)
        submission.is_valid(raise_exception=True)
        with measuring.acceptance():
            accepted = request_submit_or_keep(
                citizen_id=signed_in_citizen(request).id,
                assurance=signed_in_citizen(request).assurance,
                idempotency_key=key,
                asked=Asked(
                    service_code=submission.validated_data["service"],
                    version=submission.validated_data["version"],
                    data=submission.validated_data["data"],
                    send_again=submission.validated_data["send_again"],
                ),
                request_id=getattr(request, "request_id", ""),
            )
        return accepted_response(accepted)


class ServiceRequestView(APIView):
    @extend_schema(summary="One of my service requests", responses=ServiceRequestSerializer)
    def get(self, request: Request, request_id: UUID) -> Response:
        return _shown(request, request_id)


class TimelineView(APIView):
    @extend_schema(summary="The timeline of a request", responses=StatusEventSerializer(many=True))
    def get(self, request: Request, request_id: UUID) -> Response:
        service_request = selectors.request_of(signed_in_citizen(request).id, request_id)
        return Response(StatusEventSerializer(selectors.timeline(service_request), many=True).data)


class CancelView(APIView):
    problem_statuses: dict[str, Any] = {"POST": ("409",)}

    @extend_schema(
        summary="Cancel a request, or have the agency asked to",
        request=None,
        responses={200: ServiceRequestSerializer, 202: ServiceRequestSerializer},
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        """200 when it is cancelled; 202 when the agency has it, or may have it, and is being asked."""
        cancelled = request_cancel(citizen_id=signed_in_citizen(request).id, request_id=request_id)
        return _shown(request, request_id, status=200 if cancelled.status == Status.CANCELLED else 202)


class ResponseView(APIView):
    throttle_scope = "submission"
    problem_statuses: dict[str, Any] = {"POST": ("409", "422")}

    @extend_schema(
        summary="Answer what the agency asks",
        parameters=[IDEMPOTENCY_KEY, REPLAYED],
        request=AnswerSerializer,
        responses={202: ServiceRequestSerializer},
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        key = idempotency_key_of(request)
        answer = AnswerSerializer(data=request.data)
        answer.is_valid(raise_exception=True)
        is_new = request_respond(
            citizen_id=signed_in_citizen(request).id,
            request_id=request_id,
            idempotency_key=key,
            data=answer.validated_data["data"],
        )
        response = _shown(request, request_id, status=202)
        if not is_new:
            response["Idempotency-Replayed"] = "true"
        return response


def _shown(request: Request, request_id: UUID, *, status: int = 200) -> Response:
    """The citizen's request as it stands now."""
    service_request = selectors.request_of(signed_in_citizen(request).id, request_id)
    return Response(ServiceRequestSerializer(service_request).data, status=status)
