"""Signing in by consent in a bank's app (NDID)."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from citizens.identity.api.consent_serializers import (
    BankSerializer,
    ConsentRequestSerializer,
    ConsentRequestStartSerializer,
    FinishSerializer,
    VerifierSerializer,
)
from citizens.identity.api.serializers import TokensSerializer
from citizens.identity.api.views import OpenView, ThrottleKeys, said
from citizens.identity.consent_requests.banks import banks_of
from citizens.identity.consent_requests.callback import consent_callback_take
from citizens.identity.consent_requests.finish import (
    consent_request_cancel,
    consent_request_finish,
    consent_request_get,
)
from citizens.identity.consent_requests.nodes import node_switched_on, node_that_is_up
from citizens.identity.consent_requests.start import Wanted, consent_request_start
from citizens.identity.consent_requests.texts import ask_again_after, next_actor, next_step, shown_state
from citizens.identity.devices import device_of
from citizens.models import ConsentRequest

_NO_STORE = {"Cache-Control": "no-store"}


class BanksView(OpenView):
    problem_statuses = {"GET": ("503",)}

    @extend_schema(
        summary="Who can confirm people for a provider that asks by consent", responses=BankSerializer(many=True)
    )
    def get(self, request: Request, code: str) -> Response:
        found = banks_of(node_switched_on(code))
        return Response([{"id": bank.node_id, "name": bank.name.as_dict()} for bank in found])


class ConsentRequestsView(OpenView):
    problem_statuses = {"POST": ("404", "409", "503")}

    def throttle_keys(self, request: Request) -> ThrottleKeys:
        """The number is counted in rows, with what is open for it."""
        return [("sign_in", said(request, "device_id"))]

    @extend_schema(
        summary="Have a bank ask a person whether they want to sign in",
        request=ConsentRequestStartSerializer,
        responses={202: ConsentRequestSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = ConsentRequestStartSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values: dict[str, Any] = asked.validated_data
        started = consent_request_start(
            node=node_that_is_up(values["provider"]),
            wanted=Wanted(
                national_id=values["national_id"],
                bank=values["bank"],
                code_challenge=values["code_challenge"],
                device_id=values["device_id"],
                device=device_of(request, values["device_name"]),
            ),
        )
        return Response(_shown(started), status=202, headers=_NO_STORE)


class ConsentRequestView(OpenView):
    def throttle_keys(self, request: Request) -> ThrottleKeys:
        return [("reading", str(self.kwargs["request_id"]))]

    @extend_schema(summary="How it stands, and who must act next", responses=ConsentRequestSerializer)
    def get(self, request: Request, request_id: UUID) -> Response:
        return Response(_shown(consent_request_get(request_id=request_id)), headers=_NO_STORE)


class _StarterView(OpenView):
    """For who has the PKCE verifier: few tries for a request."""

    def throttle_keys(self, request: Request) -> ThrottleKeys:
        return [("credential", str(self.kwargs["request_id"]))]


class FinishView(_StarterView):
    problem_statuses = {"POST": ("404", "409", "503")}

    def throttle_keys(self, request: Request) -> ThrottleKeys:
        return [*super().throttle_keys(request), ("credential", said(request, "replaces"))]

    @extend_schema(summary="Sign in, once the person has agreed", request=FinishSerializer, responses=TokensSerializer)
    def post(self, request: Request, request_id: UUID) -> Response:
        asked = FinishSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        tokens = consent_request_finish(request_id=request_id, **asked.validated_data)
        return Response({**asdict(tokens), "token_type": "Bearer"}, headers=_NO_STORE)


class CancelView(_StarterView):
    problem_statuses = {"POST": ("404", "503")}

    @extend_schema(
        summary="Take it back; it is closed at the bank", request=VerifierSerializer, responses=ConsentRequestSerializer
    )
    def post(self, request: Request, request_id: UUID) -> Response:
        asked = VerifierSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        cancelled = consent_request_cancel(request_id=request_id, **asked.validated_data)
        return Response(_shown(cancelled), headers=_NO_STORE)


class NewsSerializer(serializers.Serializer[Any]):
    """What the node says has happened. Nothing of it is believed: the node is asked."""

    request_id = serializers.CharField(max_length=200, required=False, allow_null=True, allow_blank=True)
    block_height = serializers.CharField(max_length=200, required=False, allow_null=True, allow_blank=True)


class ConsentCallbackView(OpenView):
    problem_statuses = {"POST": ("404", "503")}

    def throttle_keys(self, request: Request) -> ThrottleKeys:
        return [("node_news", self.kwargs["token"])]

    @extend_schema(
        summary="Where the node of NDID tells us that something has happened",
        request=NewsSerializer,
        responses={204: OpenApiResponse(description="Written down")},
    )
    def post(self, request: Request, token: str) -> Response:
        news = NewsSerializer(data=request.data)
        news.is_valid(raise_exception=True)
        consent_callback_take(token=token, news=news.validated_data)
        return Response(status=204)


def _shown(request: ConsentRequest) -> dict[str, Any]:
    return {
        "id": request.pk,
        "state": shown_state(request),
        "reference": request.reference,
        "bank": request.idp_node_id,
        "next_actor": next_actor(request),
        "next_step": next_step(request).as_dict(),
        "expires_at": request.expires_at,
        "ask_again_after": ask_again_after(request),
    }
