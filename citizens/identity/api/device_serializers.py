"""Shapes of the citizen's devices and of what happened to their identity."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from citizens.identity.api.serializers import NamedSerializer
from citizens.identity.event_texts import event_text
from citizens.identity.provider_names import name_of
from citizens.models import IdentityEvent, Session
from services_catalog.api.texts import TextSerializer
from services_catalog.languages import NO_TEXT, Text
from services_catalog.models import Service


class _OfProvider(serializers.Serializer[Any]):
    """`names` in the context has those of the page's providers."""

    provider = serializers.SerializerMethodField()

    @extend_schema_field(NamedSerializer(allow_null=True))
    def get_provider(self, row: Session | IdentityEvent) -> dict[str, Any] | None:
        if not row.provider:
            return None
        return {"code": row.provider, "name": name_of(row.provider, self.context["names"]).as_dict()}


class SessionSerializer(_OfProvider, serializers.ModelSerializer[Session]):
    """A device on which the citizen is signed in. `network` is where it signed in, shortened."""

    signed_in_at = serializers.DateTimeField(source="authenticated_at")
    is_this_one = serializers.SerializerMethodField()

    class Meta:
        model = Session
        fields = [
            *("id", "device_name", "provider", "ial", "aal", "network"),
            *("signed_in_at", "last_used_at", "is_this_one"),
        ]

    def get_is_this_one(self, session: Session) -> bool:
        return bool(session.pk == self.context["session_id"])


class IdentityEventSerializer(_OfProvider, serializers.ModelSerializer[IdentityEvent]):
    """`text` says what happened, `claims` are names of what a service may know or has learned."""

    text = serializers.SerializerMethodField()
    service = serializers.SerializerMethodField()
    claims = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = IdentityEvent
        fields = [
            *("id", "kind", "text", "provider", "ial", "aal"),
            *("device_name", "network", "service", "claims", "created_at"),
        ]

    @extend_schema_field(TextSerializer)
    def get_text(self, event: IdentityEvent) -> dict[str, str]:
        provider = name_of(event.provider, self.context["names"])
        service = _name(event.service) if event.service else NO_TEXT
        return event_text(event.kind, provider, service).as_dict()

    @extend_schema_field(NamedSerializer(allow_null=True))
    def get_service(self, event: IdentityEvent) -> dict[str, Any] | None:
        return {"code": event.service.code, "name": _name(event.service).as_dict()} if event.service else None


def _name(service: Service) -> Text:
    return Text(service.name_th, service.name_en or service.name_th)
