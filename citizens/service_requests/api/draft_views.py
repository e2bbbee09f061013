"""Keeping what is typed and not sent, and sending it later."""

from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
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
from citizens.service_requests.api.draft_serializers import (
    DraftedSerializer,
    DraftSerializer,
    NewDraftSerializer,
    SendDraftSerializer,
    WholeDraftSerializer,
)
from citizens.service_requests.api.serializers import AcceptedSerializer
from citizens.service_requests.draft_sending import draft_submit
from citizens.service_requests.drafts import draft_change, draft_create, draft_delete
from citizens.service_requests.models import RequestDraft
from citizens.service_requests.services import Asked

_TYPED = OpenApiExample(
    "Half a form",
    {"service": "dlt-driving-licence-renewal", "version": 3, "data": {"licence_type": "car"}},
    request_only=True,
)


class DraftsView(GenericAPIView[RequestDraft]):
    serializer_class = DraftSerializer
    throttle_scope = "drafting"
    problem_statuses = {"POST": ("404", "409")}

    def get_queryset(self) -> QuerySet[RequestDraft]:
        return selectors.drafts_of(signed_in_citizen(self.request).id)

    @extend_schema(summary="My drafts, newest first", responses=DraftSerializer(many=True))
    def get(self, request: Request) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        summary="Keep what is typed so far",
        description="201 for a new draft, 200 where the same is kept already.",
        request=NewDraftSerializer,
        responses={200: WholeDraftSerializer, 201: WholeDraftSerializer},
        examples=[_TYPED],
    )
    def post(self, request: Request) -> Response:
        typed = NewDraftSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        citizen_id = signed_in_citizen(request).id
        asked = Asked(typed.validated_data["service"], typed.validated_data["version"], typed.validated_data["data"])
        kept = draft_create(citizen_id=citizen_id, asked=asked)
        body = WholeDraftSerializer(selectors.draft_of(citizen_id, kept.draft.pk)).data
        location = reverse("request-draft-detail", args=[kept.draft.pk])
        return Response(body, status=201 if kept.is_new else 200, headers={"Location": location})


class DraftView(APIView):
    throttle_scope = "drafting"
    problem_statuses = {"PUT": ("409",)}

    @extend_schema(summary="One of my drafts", responses=WholeDraftSerializer)
    def get(self, request: Request, draft_id: UUID) -> Response:
        return Response(WholeDraftSerializer(selectors.draft_of(signed_in_citizen(request).id, draft_id)).data)

    @extend_schema(
        summary="Keep what is typed now in its place",
        description="With the number of the live version the draft moves to that version.",
        request=DraftedSerializer,
        responses=WholeDraftSerializer,
    )
    def put(self, request: Request, draft_id: UUID) -> Response:
        typed = DraftedSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        draft = draft_change(
            citizen_id=signed_in_citizen(request).id,
            draft_id=draft_id,
            version=typed.validated_data["version"],
            data=typed.validated_data["data"],
        )
        return Response(WholeDraftSerializer(draft).data)

    @extend_schema(
        summary="Throw a draft away", responses={204: OpenApiResponse(description="There is no such draft any more")}
    )
    def delete(self, request: Request, draft_id: UUID) -> Response:
        draft_delete(citizen_id=signed_in_citizen(request).id, draft_id=draft_id)
        return Response(status=204)


class DraftSubmitView(APIView):
    throttle_scope = "submission"
    problem_statuses = {"POST": ("409",)}

    @extend_schema(
        summary="Send a draft",
        description=(
            "As sending its content would. A draft becomes one request: sent once more, with whichever key, it gives "
            "the same receipt. A refusal leaves it as it was."
        ),
        parameters=[IDEMPOTENCY_KEY, LOCATION, REPLAYED],
        request=SendDraftSerializer,
        responses={202: AcceptedSerializer},
    )
    def post(self, request: Request, draft_id: UUID) -> Response:
        key = idempotency_key_of(request)
        how = SendDraftSerializer(data=request.data)
        how.is_valid(raise_exception=True)
        citizen = signed_in_citizen(request)
        with measuring.acceptance():
            accepted = draft_submit(
                citizen_id=citizen.id,
                assurance=citizen.assurance,
                idempotency_key=key,
                draft_id=draft_id,
                send_again=how.validated_data["send_again"],
                request_id=getattr(request, "request_id", ""),
            )
        return accepted_response(accepted)
