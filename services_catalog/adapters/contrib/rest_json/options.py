from typing import Any

from django.core.validators import URLValidator
from rest_framework import serializers


class AddressOfReferenceField(serializers.CharField):
    """An address with a place for our reference, or nothing."""

    def __init__(self) -> None:
        super().__init__(max_length=500, required=False, allow_blank=True, default="", validators=[_names_a_reference])


def _names_a_reference(address: str) -> None:
    if address and "{reference}" not in address:
        raise serializers.ValidationError("The address must contain {reference}.")
    if address:
        URLValidator(["http", "https"])(address.replace("{reference}", "reference"))


class RestJsonOptions(serializers.Serializer[Any]):
    """Where an agency's JSON API is and what it can do.

    `lookup_url`, `cancel_url` and `response_url` contain `{reference}`; an empty one is something the agency cannot do.
    """

    submit_url = serializers.URLField(max_length=500)
    lookup_url = AddressOfReferenceField()
    cancel_url = AddressOfReferenceField()
    response_url = AddressOfReferenceField()
    health_url = serializers.URLField(max_length=500, required=False, allow_blank=True, default="")
    honours_idempotency_key = serializers.BooleanField(default=False)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError({name: ["There is no such option."] for name in sorted(unknown)})
        return super().to_internal_value(data)
