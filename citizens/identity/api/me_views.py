"""A citizen sees themselves and their digital IDs."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from citizens.identity.api.me_serializers import MyIdentitiesSerializer, MyselfSerializer
from citizens.identity.authentication import signed_in_citizen
from citizens.identity.devices import device_of
from citizens.identity.identities import (
    held_identities,
    identity_unlink,
    linked_identities,
    myself,
    what_next,
)
from citizens.identity.provider_names import name_of, provider_names
from citizens.models import HeldIdentity, LinkedIdentity
from services_catalog.languages import Text


class MeView(APIView):
    problem_statuses = {"GET": ("404",)}

    @extend_schema(summary="Who I am", responses=MyselfSerializer)
    def get(self, request: Request) -> Response:
        return Response(MyselfSerializer(myself(signed_in_citizen(request).id)).data)


class MyIdentitiesView(APIView):
    @extend_schema(
        summary="My digital IDs: those that are linked, and those that are held", responses=MyIdentitiesSerializer
    )
    def get(self, request: Request) -> Response:
        citizen_id = signed_in_citizen(request).id
        linked, held = linked_identities(citizen_id), held_identities(citizen_id)
        names = provider_names([one.provider for one in linked] + [one.provider for one in held])
        found = {
            "linked": [_linked(one, names, can_unlink=len(linked) > 1) for one in linked],
            "held": [_held(one, names) for one in held],
        }
        return Response(MyIdentitiesSerializer(found).data)


class MyIdentityView(APIView):
    problem_statuses = {"DELETE": ("404", "409")}

    @extend_schema(
        summary="Unlink a digital ID",
        description=(
            "Needs a sign-in that is not older than 15 minutes. Sessions that were opened by this ID end, but for the "
            "one that asks. Signing in with it again links it again."
        ),
        responses={204: OpenApiResponse(description="Unlinked")},
    )
    def delete(self, request: Request, provider: str) -> Response:
        citizen = signed_in_citizen(request)
        identity_unlink(
            citizen_id=citizen.id, session_id=citizen.session_id, provider=provider, device=device_of(request)
        )
        return Response(status=204)


def _provider(code: str, names: dict[str, Text]) -> dict[str, Any]:
    return {"code": code, "name": name_of(code, names).as_dict()}


def _linked(identity: LinkedIdentity, names: dict[str, Text], *, can_unlink: bool) -> dict[str, Any]:
    return {
        "provider": _provider(identity.provider, names),
        "ial": identity.ial,
        "linked_at": identity.linked_at,
        "last_used_at": identity.last_used_at,
        "can_unlink": can_unlink,
    }


def _held(held: HeldIdentity, names: dict[str, Text]) -> dict[str, Any]:
    return {
        "provider": _provider(held.provider, names),
        "decision": held.decision,
        "differing": held.differing,
        "held_at": held.held_at,
        "what_next": what_next(held).as_dict(),
    }
