"""Shapes of drafts."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from citizens.service_requests.api.serializers import ServiceNameSerializer
from citizens.service_requests.drafts import draft_data, draft_problems
from citizens.service_requests.models import RequestDraft
from services_catalog.api.texts import TextSerializer


class DraftedSerializer(serializers.Serializer[Any]):
    """What is typed so far: it need not be complete, nor right."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)
    data = serializers.DictField(help_text="Answers so far to the form of that version")  # type: ignore[assignment]


class NewDraftSerializer(DraftedSerializer):
    service = serializers.CharField(max_length=64)


class SendDraftSerializer(serializers.Serializer[Any]):
    """How the draft is sent."""

    send_again = serializers.BooleanField(
        default=False, help_text="Send it although the same was sent a moment ago (`already_sent`)"
    )


class DraftProblemSerializer(serializers.Serializer[Any]):
    """What sending would find wrong with one field; `pointer` is a JSON pointer into the draft."""

    pointer = serializers.CharField()
    code = serializers.CharField()
    message = TextSerializer()


class DraftSerializer(serializers.ModelSerializer[RequestDraft]):
    """A draft as a list shows it: without the answers."""

    service = ServiceNameSerializer()
    version = serializers.IntegerField(source="version.number", help_text="The version of the form it was typed in")
    current_version = serializers.SerializerMethodField(
        help_text="The live version: another number where the form has changed, null where the service is not offered"
    )

    class Meta:
        model = RequestDraft
        fields = ["id", "service", "version", "current_version", "created_at", "updated_at", "expires_at"]

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_current_version(self, draft: RequestDraft) -> int | None:
        service = draft.service
        live = service.publication == service.Publication.PUBLISHED and service.current_version
        return live.number if live else None


class WholeDraftSerializer(DraftSerializer):
    """A draft with the answers so far, and what the live form would refuse of them."""

    data = serializers.SerializerMethodField()  # type: ignore[assignment]
    errors = serializers.SerializerMethodField()  # type: ignore[assignment]

    class Meta(DraftSerializer.Meta):
        fields = [*DraftSerializer.Meta.fields, "data", "errors"]

    @extend_schema_field(serializers.DictField())
    def get_data(self, draft: RequestDraft) -> dict[str, Any]:
        return draft_data(draft)

    @extend_schema_field(DraftProblemSerializer(many=True))
    def get_errors(self, draft: RequestDraft) -> list[dict[str, Any]]:
        return [
            {"pointer": f"#{one.pointer}", "code": one.code, "message": one.message.as_dict()}
            for one in draft_problems(draft)
        ]
