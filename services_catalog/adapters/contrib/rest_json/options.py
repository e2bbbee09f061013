from typing import Any

from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers


class AddressOfReferenceField(serializers.CharField):
    """An address with a place for our reference, or nothing."""

    def __init__(self, *, label: Any, help_text: Any) -> None:
        texts = {"label": label, "help_text": help_text}
        super().__init__(
            max_length=500, required=False, allow_blank=True, default="", validators=[_names_a_reference], **texts
        )


def _names_a_reference(address: str) -> None:
    if address and "{reference}" not in address:
        raise serializers.ValidationError("The address must contain {reference}.")
    if address:
        URLValidator(["http", "https"])(address.replace("{reference}", "reference"))


class RestJsonOptions(serializers.Serializer[Any]):
    """Where an agency's JSON API is and what it can do.

    `lookup_url`, `cancel_url` and `response_url` contain `{reference}`; an empty one is something the agency cannot do.
    """

    submit_url = serializers.URLField(
        max_length=500, label=_("Address that takes requests"), help_text=_("We POST each request there as JSON.")
    )
    lookup_url = AddressOfReferenceField(
        label=_("Address that tells what you have"), help_text=_("With {reference} where our reference goes.")
    )
    cancel_url = AddressOfReferenceField(
        label=_("Address that takes cancellations"),
        help_text=_("With {reference}; empty where citizens cannot cancel."),
    )
    response_url = AddressOfReferenceField(
        label=_("Address that takes answers"), help_text=_("With {reference}; for what you asked a citizen for.")
    )
    health_url = serializers.URLField(
        max_length=500,
        required=False,
        allow_blank=True,
        default="",
        label=_("Address that tells that you are there"),
        help_text=_("Called before publication; empty: the address that takes requests."),
    )
    honours_idempotency_key = serializers.BooleanField(
        default=False,
        label=_("The same request twice leaves one case"),
        help_text=_("Your system knows our Idempotency-Key."),
    )

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError({name: ["There is no such option."] for name in sorted(unknown)})
        return super().to_internal_value(data)
