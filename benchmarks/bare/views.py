from uuid import UUID

from django.db import transaction
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from benchmarks.bare.models import BareEvent, BareRow
from citizens.identity.authentication import CitizenAuthentication
from citizens.identity.permissions import IsCitizen

_NOBODY = UUID(int=0)


class BareConstantView(APIView):
    """A small constant, and nothing else: no rate limit, no database."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()

    def get(self, request: Request) -> Response:
        return Response({"id": str(_NOBODY), "status": "ok"})


class BareSignedInView(APIView):
    """The same constant, for citizens who are signed in."""

    authentication_classes = (CitizenAuthentication,)
    permission_classes = (IsCitizen,)
    throttle_classes = ()

    def get(self, request: Request) -> Response:
        return Response({"id": str(_NOBODY), "status": "ok"})


class BareAcceptView(APIView):
    """Two INSERTs in one transaction, and nothing else: no token, no schema, no idempotency, no receipt, no nudge."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()

    def post(self, request: Request) -> Response:
        with transaction.atomic():
            row = BareRow.objects.create(owner=_NOBODY, body=request.data)
            BareEvent.objects.create(row=row, status="received")
        return Response({"id": str(row.id), "status": "received"}, status=202)
