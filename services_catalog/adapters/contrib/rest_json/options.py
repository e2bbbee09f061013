from typing import Any

from django.core.validators import URLValidator
from rest_framework import serializers


class RestJsonOptions(serializers.Serializer[Any]):
    """Where an agency's JSON API is and what it can do.

    `lookup_url` contains `{reference}` and answers 404 for a reference the agency does not have.
    """

    submit_url = serializers.URLField(max_length=500)
    lookup_url = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    health_url = serializers.URLField(max_length=500, required=False, allow_blank=True, default="")
    honours_idempotency_key = serializers.BooleanField(default=False)

    def validate_lookup_url(self, value: str) -> str:
        if value and "{reference}" not in value:
            raise serializers.ValidationError("The look-up address must contain {reference}.")
        if value:
            URLValidator(["http", "https"])(value.replace("{reference}", "reference"))
        return value

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError({name: ["There is no such option."] for name in sorted(unknown)})
        return super().to_internal_value(data)
