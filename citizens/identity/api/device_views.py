"""Where the citizen is signed in, and what happened to their identity."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from citizens.identity.api.device_serializers import IdentityEventSerializer, SessionSerializer
from citizens.identity.authentication import signed_in_citizen
from citizens.identity.devices import client_address, network_of
from citizens.identity.events import identity_events_of
from citizens.identity.provider_names import provider_names
from citizens.identity.sessions import session_revoke, sessions_of
from citizens.models import IdentityEvent, Session


class SessionsView(GenericAPIView[Session]):
    serializer_class = SessionSerializer

    def get_queryset(self) -> QuerySet[Session]:
        return sessions_of(signed_in_citizen(self.request).id)

    @extend_schema(summary="Devices I am signed in on, newest first", responses=SessionSerializer(many=True))
    def get(self, request: Request) -> Response:
        page: list[Session] = self.paginate_queryset(self.get_queryset()) or []
        context = {"names": _names(page), "session_id": signed_in_citizen(request).session_id}
        return self.get_paginated_response(SessionSerializer(page, many=True, context=context).data)


class SessionView(APIView):
    @extend_schema(
        summary="Sign a device out", request=None, responses={204: OpenApiResponse(description="Signed out")}
    )
    def delete(self, request: Request, session_id: UUID) -> Response:
        network = network_of(client_address(request))
        session_revoke(citizen_id=signed_in_citizen(request).id, session_id=session_id, network=network)
        return Response(status=204)


class IdentityEventsView(GenericAPIView[IdentityEvent]):
    serializer_class = IdentityEventSerializer

    def get_queryset(self) -> QuerySet[IdentityEvent]:
        return identity_events_of(signed_in_citizen(self.request).id)

    @extend_schema(summary="What happened to my identity, newest first", responses=IdentityEventSerializer(many=True))
    def get(self, request: Request) -> Response:
        page: list[IdentityEvent] = self.paginate_queryset(self.get_queryset()) or []
        serializer = IdentityEventSerializer(page, many=True, context={"names": _names(page)})
        return self.get_paginated_response(serializer.data)


def _names(page: list[Any]) -> dict[str, Any]:
    return provider_names({row.provider for row in page if row.provider})
