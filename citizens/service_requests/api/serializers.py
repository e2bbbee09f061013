"""Shapes of service requests, as the phone sends and gets them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from citizens.service_requests.models import Actor, ServiceRequest, Status, StatusEvent
from citizens.service_requests.texts import STATUS_NAMES, next_step_of


class TextSerializer(serializers.Serializer[Any]):
    """A text in both languages."""

    th = serializers.CharField(allow_blank=True)
    en = serializers.CharField(allow_blank=True)


class SubmissionSerializer(serializers.Serializer[Any]):
    """What a citizen sends: the service, the version of its form that was filled in, and the answers."""

    service = serializers.CharField(max_length=64)
    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    data = serializers.DictField(help_text="Answers that fit the form of that version")  # type: ignore[assignment]


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


class ServiceRequestSerializer(serializers.ModelSerializer[ServiceRequest]):
    """Where a request stands, who must act, and what happens next."""

    service = ServiceNameSerializer()
    version = serializers.IntegerField(source="version.number")
    status_name = serializers.SerializerMethodField()
    next_actor = serializers.ChoiceField(choices=Actor.choices)
    next_step = serializers.SerializerMethodField()
    agency_heard_at = serializers.DateTimeField(allow_null=True, help_text="When the agency was last heard from")

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
            "created_at",
            "updated_at",
        ]

    @extend_schema_field(TextSerializer)
    def get_status_name(self, service_request: ServiceRequest) -> dict[str, str]:
        return STATUS_NAMES[Status(service_request.status)].as_dict()

    @extend_schema_field(TextSerializer)
    def get_next_step(self, service_request: ServiceRequest) -> dict[str, str]:
        return next_step_of(service_request).as_dict()


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
