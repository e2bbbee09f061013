"""Shapes of service requests, as the phone sends and gets them."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from citizens.service_requests.models import Actor, ServiceRequest, Status, StatusEvent
from citizens.service_requests.possibilities import cancel_refusal, response_refusal
from citizens.service_requests.texts import STATUS_NAMES, next_step_of
from services_catalog.api.running import UsualTimeField, UsualTimeSerializer
from services_catalog.api.serializers import DecisionSerializer
from services_catalog.api.texts import TextSerializer


class SubmissionSerializer(serializers.Serializer[Any]):
    """What a citizen sends: the service, the version of its form that was filled in, and the answers."""

    service = serializers.CharField(max_length=64)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    data = serializers.DictField(help_text="Answers that fit the form of that version")  # type: ignore[assignment]
    send_again = serializers.BooleanField(
        default=False, help_text="Send it although the same was sent a moment ago (`already_sent`)"
    )


class AnswerSerializer(serializers.Serializer[Any]):
    """What a citizen answers to what the agency asks."""

    data = serializers.DictField(help_text="Fits `asked.form`, where there is one")  # type: ignore[assignment]


class AcceptedSerializer(serializers.Serializer[Any]):
    """The receipt: what was sent is kept and will be delivered."""

    id = serializers.UUIDField()
    receipt_number = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    created_at = serializers.DateTimeField()


class ServiceNameSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.SerializerMethodField()

    @extend_schema_field(TextSerializer)
    def get_name(self, service: Any) -> dict[str, str]:
        return {"th": service.name_th, "en": service.name_en}


class ReceiptChainSerializer(serializers.Serializer[ServiceRequest]):
    """Received by us, taken by the agency's system under its own number, opened by an officer."""

    received_at = serializers.DateTimeField(source="created_at")
    taken_at = serializers.DateTimeField(allow_null=True)
    agency_reference = serializers.CharField()
    opened_at = serializers.DateTimeField(allow_null=True)


class AskedSerializer(serializers.Serializer[ServiceRequest]):
    """What the agency asks the citizen for."""

    text = serializers.SerializerMethodField()
    until = serializers.DateTimeField(source="asked_until", allow_null=True)
    form = serializers.JSONField(source="asked_form", allow_null=True, help_text="JSON Schema 2020-12 of the answer")

    @extend_schema_field(TextSerializer)
    def get_text(self, service_request: ServiceRequest) -> dict[str, str]:
        return {"th": service_request.asked_th, "en": service_request.asked_en}


class ServiceRequestSerializer(serializers.ModelSerializer[ServiceRequest]):
    """Where a request stands, who must act, and what happens next."""

    service = ServiceNameSerializer()
    version = serializers.IntegerField(source="version.number")
    status_name = serializers.SerializerMethodField()
    next_actor = serializers.ChoiceField(choices=Actor.choices)
    next_step = serializers.SerializerMethodField()
    agency_heard_at = serializers.DateTimeField(allow_null=True, help_text="When the agency was last heard from")
    receipt_chain = ReceiptChainSerializer(source="*")
    asked = serializers.SerializerMethodField()
    can_respond = serializers.SerializerMethodField(help_text="Whether an answer would be taken now")
    can_cancel = serializers.SerializerMethodField(help_text="Whether it can be cancelled, or asked to be, now")
    cancel_asked_at = serializers.DateTimeField(allow_null=True, help_text="Since when the agency is asked to cancel")
    usual_time = serializers.SerializerMethodField(help_text="Null where it is not known, or would mislead")
    statutory_time = serializers.SerializerMethodField(help_text="What the law gives the agency to decide")

    class Meta:
        model = ServiceRequest
        fields = [
            "id",
            "receipt_number",
            "service",
            "version",
            "status",
            "status_name",
            "next_actor",
            "next_step",
            "agency_reference",
            "agency_heard_at",
            "receipt_chain",
            "asked",
            "can_respond",
            "can_cancel",
            "cancel_asked_at",
            "usual_time",
            "statutory_time",
            "created_at",
            "updated_at",
        ]

    @extend_schema_field(TextSerializer)
    def get_status_name(self, service_request: ServiceRequest) -> dict[str, str]:
        return STATUS_NAMES[Status(service_request.status)].as_dict()

    @extend_schema_field(TextSerializer)
    def get_next_step(self, service_request: ServiceRequest) -> dict[str, str]:
        return next_step_of(service_request).as_dict()

    @extend_schema_field(AskedSerializer(allow_null=True))
    def get_asked(self, service_request: ServiceRequest) -> Any:
        return AskedSerializer(service_request).data if service_request.asked_th else None

    def get_can_respond(self, service_request: ServiceRequest) -> bool:
        return response_refusal(service_request, timezone.now()) is None

    def get_can_cancel(self, service_request: ServiceRequest) -> bool:
        """`open_outcome` is an annotation of `selectors.requests_of`."""
        open_outcome: str | None = service_request.open_outcome  # type: ignore[attr-defined]
        return service_request.cancel_asked_at is None and cancel_refusal(service_request, open_outcome) is None

    @extend_schema_field(UsualTimeSerializer(allow_null=True))
    def get_usual_time(self, service_request: ServiceRequest) -> Any:
        return UsualTimeField().to_representation(service_request.service)

    @extend_schema_field(DecisionSerializer(allow_null=True))
    def get_statutory_time(self, service_request: ServiceRequest) -> Any:
        service = service_request.service
        return DecisionSerializer(service).data if service.decision_days is not None else None


class StatusEventSerializer(serializers.ModelSerializer[StatusEvent]):
    """One step of the timeline."""

    status_name = serializers.SerializerMethodField()
    label = serializers.SerializerMethodField(help_text="The agency's own name of this step")  # type: ignore[assignment]
    milestone = serializers.SerializerMethodField(help_text="What the agency says about it")

    class Meta:
        model = StatusEvent
        fields = [
            "sequence",
            "status",
            "status_name",
            "source",
            "next_actor",
            "label",
            "milestone",
            "occurred_at",
            "created_at",
        ]

    @extend_schema_field(TextSerializer)
    def get_status_name(self, event: StatusEvent) -> dict[str, str]:
        return STATUS_NAMES[Status(event.status)].as_dict()

    @extend_schema_field(TextSerializer)
    def get_label(self, event: StatusEvent) -> dict[str, str]:
        return {"th": event.label_th, "en": event.label_en}

    @extend_schema_field(TextSerializer)
    def get_milestone(self, event: StatusEvent) -> dict[str, str]:
        return {"th": event.milestone_th, "en": event.milestone_en}
