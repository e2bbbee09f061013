"""What the phone gets of the catalogue."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from services_catalog.api.running import DeliveryField, UsualTimeField
from services_catalog.api.texts import NameSerializer
from services_catalog.models import Agency, Category, LifeEvent, Service


class BilingualField(serializers.Field[Any, Any, Any, Any]):
    """`name_th` and `name_en` of the instance as one object."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        super().__init__(source="*", read_only=True)

    def to_representation(self, value: Any) -> dict[str, str]:
        return {"th": getattr(value, f"{self._prefix}_th"), "en": getattr(value, f"{self._prefix}_en")}


BilingualField = extend_schema_field(NameSerializer)(BilingualField)  # type: ignore[misc]


class AgencySerializer(serializers.ModelSerializer[Agency]):
    name = BilingualField("name")
    ministry = BilingualField("ministry")
    contact = serializers.SerializerMethodField()

    class Meta:
        model = Agency
        fields = ["code", "name", "ministry", "contact"]

    def get_contact(self, agency: Agency) -> dict[str, str]:
        return {"phone": agency.contact_phone, "email": agency.contact_email, "url": agency.contact_url}


class HeadingSerializer(serializers.Serializer[Category | LifeEvent]):
    """A category or a life event."""

    code = serializers.CharField()
    name = BilingualField("name")


class AgencyNameSerializer(serializers.Serializer[Agency]):
    code = serializers.CharField()
    name = BilingualField("name")


class ServiceListSerializer(serializers.ModelSerializer[Service]):
    """A service as a list shows it."""

    name = BilingualField("name")
    agency = AgencyNameSerializer()
    category = HeadingSerializer(allow_null=True)
    version = serializers.IntegerField(source="current_version.number")
    delivery = DeliveryField(help_text="Whether what is sent now is delivered at once")
    usual_time = UsualTimeField(help_text="From receipt to decision, in the last 90 days")

    class Meta:
        model = Service
        fields = ["code", "name", "agency", "category", "version", "delivery", "usual_time"]


class DocumentSerializer(serializers.Serializer[Any]):
    """A document the agency asks for: to be uploaded, or fetched from another agency."""

    name = NameSerializer()
    required = serializers.BooleanField()  # type: ignore[assignment]
    source = serializers.ChoiceField(choices=["upload", "agency"])  # type: ignore[assignment]


class FeeSerializer(serializers.Serializer[Service]):
    baht = serializers.DecimalField(source="fee_baht", max_digits=12, decimal_places=2)
    note = BilingualField("fee_note")


class DecisionSerializer(serializers.Serializer[Service]):
    """The statutory time the agency has to decide."""

    days = serializers.IntegerField(source="decision_days")
    unit = serializers.ChoiceField(source="decision_unit", choices=Service.DecisionUnit.choices)


class AssuranceSerializer(serializers.Serializer[Service]):
    """The least levels a sign-in needs for this service."""

    ial = serializers.CharField(source="min_ial")
    aal = serializers.CharField(source="min_aal")


class ServiceSerializer(ServiceListSerializer):
    """A service with its form and everything to know before sending."""

    description = BilingualField("description")
    agency = AgencySerializer()  # type: ignore[assignment]
    life_event = HeadingSerializer(allow_null=True)
    assurance = AssuranceSerializer(source="*")
    fee = serializers.SerializerMethodField()
    decision = serializers.SerializerMethodField()
    documents = DocumentSerializer(many=True)
    channels = serializers.ListField(child=serializers.ChoiceField(choices=Service.Channel.choices))
    form = serializers.JSONField(source="current_version.form", help_text="JSON Schema 2020-12 with x-label texts")
    example = serializers.JSONField(source="current_version.example", help_text="Data that fits the form")
    claims = serializers.ListField(
        child=serializers.CharField(),
        source="current_version.claims",
        help_text="Identity fields the agency gets with a request",
    )

    class Meta(ServiceListSerializer.Meta):
        fields = [
            *ServiceListSerializer.Meta.fields,
            "description",
            "life_event",
            "assurance",
            "fee",
            "decision",
            "documents",
            "channels",
            "form",
            "example",
            "claims",
        ]

    @extend_schema_field(FeeSerializer(allow_null=True))
    def get_fee(self, service: Service) -> Any:
        return FeeSerializer(service).data if service.fee_baht is not None else None

    @extend_schema_field(DecisionSerializer(allow_null=True))
    def get_decision(self, service: Service) -> Any:
        return DecisionSerializer(service).data if service.decision_days is not None else None
