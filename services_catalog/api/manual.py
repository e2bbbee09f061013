"""The lists of the citizen's manual, as agencies write them. What a row leaves out is null."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from services_catalog.api.texts import TextSerializer
from services_catalog.claims import CLAIMS
from services_catalog.models import Service


class WrittenTextField(serializers.Field[Any, Any, Any, Any]):
    """A text of a row; either language may be missing."""

    def to_representation(self, value: Any) -> dict[str, str]:
        return {"th": value.get("th", ""), "en": value.get("en", "")}


WrittenTextField = extend_schema_field(TextSerializer)(WrittenTextField)  # type: ignore[misc]


class LegalReferenceSerializer(serializers.Serializer[Any]):
    """A law that the service rests on."""

    name = WrittenTextField()
    section = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True)


class StepSerializer(serializers.Serializer[Any]):
    """What happens to a request, and how long that takes."""

    name = WrittenTextField()
    duration = serializers.IntegerField(allow_null=True)
    unit = serializers.ChoiceField(choices=["minutes", "hours", "calendar_days", "working_days"], allow_null=True)


class DocumentSerializer(serializers.Serializer[Any]):
    """A document the agency asks for: to be uploaded, or fetched from another agency."""

    name = WrittenTextField()
    required = serializers.BooleanField(default=False)  # type: ignore[assignment]
    condition = WrittenTextField(allow_null=True, help_text="When it is asked for, where that is not always")
    source = serializers.ChoiceField(choices=["upload", "agency"], allow_null=True)  # type: ignore[assignment]


class FeeLineSerializer(serializers.Serializer[Any]):
    """One of several fees."""

    name = WrittenTextField()
    baht = serializers.CharField()
    note = WrittenTextField(allow_null=True)


class ContactSerializer(serializers.Serializer[Any]):
    """Somebody to ask, or to complain to."""

    name = WrittenTextField()
    phone = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    url = serializers.CharField(allow_null=True)


class ClaimSerializer(serializers.Serializer[Any]):
    """An identity field the agency gets with a request, and what it needs it for."""

    claim = serializers.ChoiceField(choices=list(CLAIMS))
    name = TextSerializer()
    purpose = TextSerializer(allow_null=True)


def claims_of(service: Service) -> list[dict[str, Any]]:
    """The claims of the service's current version with their purposes, as ClaimSerializer shows them."""
    version = service.current_version
    purposes = service.claim_purposes
    return [
        {"claim": claim, "name": CLAIMS[claim].as_dict(), "purpose": _text(purposes.get(claim))}
        for claim in (version.claims if version else [])
    ]


def _text(written: dict[str, str] | None) -> dict[str, str] | None:
    return {"th": written.get("th", ""), "en": written.get("en", "")} if written else None
