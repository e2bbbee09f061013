"""What the public catalogue shows of a service's running."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from services_catalog.api.texts import NameSerializer
from services_catalog.models import Lane, Service, ServiceStats
from services_catalog.services.running import Delivery, Reason, State, delivery_of


class DeliverySerializer(serializers.Serializer[Delivery]):
    """Requests are accepted all the same: `delayed` says that they reach the agency later, and `message` why."""

    state = serializers.ChoiceField(choices=[state.value for state in State])
    reason = serializers.ChoiceField(choices=[reason.value for reason in Reason], allow_null=True)
    since = serializers.DateTimeField(allow_null=True)
    until = serializers.DateTimeField(allow_null=True, help_text="When it is known to be over")
    next_try_at = serializers.DateTimeField(allow_null=True, help_text="When the agency is tried again")
    message = NameSerializer(allow_null=True)


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
