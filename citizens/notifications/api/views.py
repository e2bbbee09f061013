"""The citizen's inbox."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.generics import ListAPIView

from citizens.identity.authentication import signed_in_citizen
from citizens.notifications.models import Notification
from services_catalog.api.texts import TextSerializer


class NotificationSerializer(serializers.ModelSerializer[Notification]):
    """One status event, or one identity event, told on one channel."""

    service_request = serializers.UUIDField(source="status_event.service_request_id", allow_null=True)
    identity_event = serializers.UUIDField(source="identity_event_id", allow_null=True)
    title = serializers.SerializerMethodField()
    body = serializers.SerializerMethodField()

    class Meta:
        model = Notification
        fields = ["id", "service_request", "identity_event", "channel", "title", "body", "created_at"]

    @extend_schema_field(TextSerializer)
    def get_title(self, notification: Notification) -> dict[str, str]:
        return {"th": notification.title_th, "en": notification.title_en}

    @extend_schema_field(TextSerializer)
    def get_body(self, notification: Notification) -> dict[str, str]:
        return {"th": notification.body_th, "en": notification.body_en}


@extend_schema_view(get=extend_schema(summary="My inbox, newest first"))
class NotificationsView(ListAPIView[Notification]):
    serializer_class = NotificationSerializer

    def get_queryset(self) -> QuerySet[Notification]:
        return Notification.objects.filter(citizen_id=signed_in_citizen(self.request).id).select_related("status_event")
