"""Opening an agency's own app, what it may know, and what the agency asks us then."""

from dataclasses import asdict
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from citizens.identity.agency_authentication import signed_in_agency
from citizens.identity.api.agency_headers import SIGNATURE_HEADERS
from citizens.identity.api.agency_view import AgencyView
from citizens.identity.api.service_token_serializers import (
    ConsentSerializer,
    RedeemedSerializer,
    RedeemSerializer,
    ServiceTokenRequestSerializer,
    ServiceTokenSerializer,
)
from citizens.identity.authentication import signed_in_citizen
from citizens.identity.consents import consent_revoke, consents_of
from citizens.identity.devices import device_of
from citizens.identity.service_tokens import service_token_issue, service_token_redeem
from citizens.models import Consent

_NOT_KEPT = {"Cache-Control": "no-store"}
_CONSENT = OpenApiExample(
    "With consent", {"service": "dlt-driving-licence-renewal", "consent": ["name_th"]}, request_only=True
)
_WHO = OpenApiExample(
    "Who came",
    {
        "subject": "6b1f0f4e-3c1e-4b53-9a53-0a4a2f6f0d7e",
        "service": "dlt-driving-licence-renewal",
        "version": 3,
        "claims": {"name_th": "สมชาย ใจดี"},
        "assurance": {"ial": "2.3", "aal": "2.2"},
        "auth_time": "2026-11-27T09:30:00+07:00",
    },
    response_only=True,
)


class ServiceTokensView(APIView):
    throttle_scope = "service_tokens"
    problem_statuses = {"POST": ("404",)}

    @extend_schema(
        summary="A one-time token for a service's own app",
        description="403 `consent_needed` says what to ask the citizen; send the call again with their `consent`.",
        request=ServiceTokenRequestSerializer,
        responses={201: ServiceTokenSerializer},
        examples=[_CONSENT],
    )
    def post(self, request: Request) -> Response:
        asked = ServiceTokenRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        issued = service_token_issue(
            citizen=signed_in_citizen(request),
            service_code=asked.validated_data["service"],
            consented=asked.validated_data.get("consent"),
            device=device_of(request),
        )
        return Response(asdict(issued), status=201, headers=_NOT_KEPT)


class ConsentsView(ListAPIView[Consent]):
    serializer_class = ConsentSerializer

    def get_queryset(self) -> QuerySet[Consent]:
        return consents_of(signed_in_citizen(self.request).id)

    @extend_schema(summary="What services may know about me, newest first", responses=ConsentSerializer(many=True))
    def get(self, request: Request) -> Response:
        return super().get(request)


class ConsentView(APIView):
    @extend_schema(
        summary="Take a consent back",
        request=None,
        responses={204: OpenApiResponse(description="It holds no more; tokens not redeemed yet are worthless")},
    )
    def delete(self, request: Request, consent_id: UUID) -> Response:
        consent_revoke(citizen_id=signed_in_citizen(request).id, consent_id=consent_id, device=device_of(request))
        return Response(status=204)


class RedeemView(AgencyView):
    problem_statuses = {"POST": ("404", "410")}

    @extend_schema(
        summary="Redeem a service token",
        parameters=SIGNATURE_HEADERS,
        request=RedeemSerializer,
        responses=RedeemedSerializer,
        examples=[_WHO],
    )
    def post(self, request: Request) -> Response:
        asked = RedeemSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        redeemed = service_token_redeem(agency=signed_in_agency(request).agency, token=asked.validated_data["token"])
        return Response(RedeemedSerializer(redeemed).data, headers=_NOT_KEPT)
