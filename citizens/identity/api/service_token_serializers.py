"""Shapes of service tokens and consents."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from citizens.identity.api.serializers import NamedSerializer
from citizens.identity.consents import PURPOSES
from citizens.models import Consent
from services_catalog.api.texts import TextSerializer
from services_catalog.claims import CLAIMS
from services_catalog.models import Agency, Service


class ServiceTokenRequestSerializer(serializers.Serializer[Any]):
    """Which service, and what the citizen has just consented to; without `consent` what they said before counts."""

    service = serializers.CharField(max_length=64)
    consent = serializers.ListField(
        child=serializers.CharField(max_length=40),
        required=False,
        max_length=len(CLAIMS),
        help_text="Names of the claims the citizen lets the service know; empty where none",
    )


class ServiceTokenSerializer(serializers.Serializer[Any]):
    """Hand `token` to the service's own app; never in an address."""

    token = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds")
    claims = serializers.ListField(child=serializers.CharField(), help_text="What redeeming it will tell")


class ConsentClaimSerializer(serializers.Serializer[Any]):
    claim = serializers.CharField()
    name = TextSerializer()


class ConsentSerializer(serializers.ModelSerializer[Consent]):
    """What a service may know, since when and until when."""

    service = serializers.SerializerMethodField()
    agency = serializers.SerializerMethodField()
    purpose = serializers.SerializerMethodField()
    claims = serializers.SerializerMethodField()

    class Meta:
        model = Consent
        fields = ["id", "service", "agency", "purpose", "claims", "given_at", "revoked_at"]

    @extend_schema_field(NamedSerializer)
    def get_service(self, consent: Consent) -> dict[str, Any]:
        return _named(consent.service)

    @extend_schema_field(NamedSerializer)
    def get_agency(self, consent: Consent) -> dict[str, Any]:
        return _named(consent.service.agency)

    @extend_schema_field(NamedSerializer)
    def get_purpose(self, consent: Consent) -> dict[str, Any]:
        return {"code": consent.purpose, "name": PURPOSES[Consent.Purpose(consent.purpose)].as_dict()}

    @extend_schema_field(ConsentClaimSerializer(many=True))
    def get_claims(self, consent: Consent) -> list[dict[str, Any]]:
        return [{"claim": claim, "name": CLAIMS[claim].as_dict()} for claim in consent.claims]


class RedeemSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(max_length=200)


class AssuranceLevelsSerializer(serializers.Serializer[Any]):
    """How sure we are."""

    ial = serializers.CharField()
    aal = serializers.CharField()


class RedeemedSerializer(serializers.Serializer[Any]):
    """Who came. Claims that are not known are left out."""

    subject = serializers.UUIDField(help_text="The citizen, as your agency alone knows them; always the same")
    service = serializers.CharField(source="service_code")
    version = serializers.IntegerField()
    claims = serializers.DictField(child=serializers.CharField())
    assurance = AssuranceLevelsSerializer()
    auth_time = serializers.DateTimeField(source="authenticated_at", help_text="When the citizen signed in")


def _named(row: Service | Agency) -> dict[str, Any]:
    return {"code": row.code, "name": {"th": row.name_th, "en": row.name_en}}
