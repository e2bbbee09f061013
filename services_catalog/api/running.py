"""What the public catalogue shows of a service's running."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from services_catalog.api.texts import TextSerializer
from services_catalog.models import Lane, Outage, Service, ServiceStats
from services_catalog.services.running import (
    Availability,
    Delivery,
    Openness,
    Reason,
    State,
    availability_of,
    delivery_of,
)


class AvailabilitySerializer(serializers.Serializer[Availability]):
    """`open`: a request is taken and delivered at once; `queueing`: taken, and delivered later; `closed`: not taken."""

    state = serializers.ChoiceField(choices=[state.value for state in Openness])
    message = TextSerializer(allow_null=True)
    until = serializers.DateTimeField(allow_null=True, help_text="When it is known to be over")


class OutageSerializer(serializers.Serializer[Outage]):
    """A time without deliveries, now or to come. Meanwhile requests are taken (`queue`) or not (`closed`)."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(allow_null=True)
    meanwhile = serializers.ChoiceField(choices=Outage.Meanwhile.choices)
    message = serializers.SerializerMethodField()

    @extend_schema_field(TextSerializer)
    def get_message(self, outage: Outage) -> dict[str, str]:
        return {"th": outage.message_th, "en": outage.message_en}


class DeliverySerializer(serializers.Serializer[Delivery]):
    """`delayed`: what is taken reaches the agency later, and `message` says why."""

    state = serializers.ChoiceField(choices=[state.value for state in State])
    reason = serializers.ChoiceField(choices=[reason.value for reason in Reason], allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True, help_text="When it is known to be over")
    next_try_at = serializers.DateTimeField(allow_null=True, help_text="When the agency is tried again")
    message = TextSerializer(allow_null=True)


@extend_schema_field(AvailabilitySerializer)
class AvailabilityField(serializers.Field[Any, Any, Any, Any]):
    """Of a service as `ServiceQuerySet.with_running` gives it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, service: Service) -> Any:
        availability = availability_of(service, timezone.now())
        shown = AvailabilitySerializer(availability).data
        return shown if availability.message.th else {**shown, "message": None}


class SecondsField(serializers.IntegerField):
    """A duration in whole seconds."""

    def to_representation(self, value: Any) -> int:
        seconds: float = value.total_seconds()
        return round(seconds)


class UsualTimeSerializer(serializers.Serializer[ServiceStats]):
    """From receipt to decision, over the last 90 days of a service."""

    median_seconds = SecondsField(source="usual_median")
    p90_seconds = SecondsField(source="usual_p90", help_text="Nine of ten took no longer")


@extend_schema_field(DeliverySerializer(allow_null=True))
class DeliveryField(serializers.Field[Any, Any, Any, Any]):
    """Null for a service that has no lane: nothing is delivered through us."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, service: Service) -> Any:
        lane: Lane | None = getattr(service, "lane", None)
        if lane is None:
            return None
        delivery = delivery_of(lane, timezone.now())
        shown = DeliverySerializer(delivery).data
        return shown if delivery.message.th else {**shown, "message": None}


@extend_schema_field(UsualTimeSerializer(allow_null=True))
class UsualTimeField(serializers.Field[Any, Any, Any, Any]):
    """Null where too few requests were decided, or where the figures would mislead."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, service: Service) -> Any:
        stats: ServiceStats | None = getattr(service, "stats", None)
        is_known = stats is not None and stats.usual_median is not None and stats.usual_p90 is not None
        return UsualTimeSerializer(stats).data if is_known else None
