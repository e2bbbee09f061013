"""What the phone gets of the catalogue."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from services_catalog.api.manual import (
    ClaimSerializer,
    ContactSerializer,
    DocumentSerializer,
    FeeLineSerializer,
    LegalReferenceSerializer,
    StepSerializer,
    claims_of,
)
from services_catalog.api.running import AvailabilityField, DeliveryField, OutageSerializer, UsualTimeField
from services_catalog.api.texts import TextSerializer
from services_catalog.models import Agency, Category, LifeEvent, Service


class BilingualField(serializers.Field[Any, Any, Any, Any]):
    """`name_th` and `name_en` of the instance as one object."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        super().__init__(source="*", read_only=True)

    def to_representation(self, value: Any) -> dict[str, str]:
        return {"th": getattr(value, f"{self._prefix}_th"), "en": getattr(value, f"{self._prefix}_en")}


BilingualField = extend_schema_field(TextSerializer)(BilingualField)  # type: ignore[misc]


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
    availability = AvailabilityField(help_text="Whether a request is taken now, and delivered at once")
    delivery = DeliveryField(help_text="Whether what is sent now is delivered at once, and if not, why")
    usual_time = UsualTimeField(help_text="From receipt to decision, in the last 90 days")

    class Meta:
        model = Service
        fields = ["code", "name", "agency", "category", "version", "availability", "delivery", "usual_time"]


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


class ElectronicSerializer(serializers.Serializer[Service]):
    """Whether the law lets it be done electronically, and if not, why (Electronic Performance Act B.E. 2565)."""

    allowed = serializers.BooleanField(source="electronic_allowed")
    reason = BilingualField("not_electronic_reason")


class TakenSerializer(serializers.Serializer[Service]):
    """When requests are taken at all; null for an end that is open."""

    opens_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)


class PlacesSerializer(serializers.Serializer[Service]):
    """How many requests are taken; null where it does not matter."""

    daily = serializers.IntegerField(source="places_daily", allow_null=True)
    total = serializers.IntegerField(source="places_total", allow_null=True)


class ServiceTextSerializer(serializers.ModelSerializer[Service]):
    """All that is written about a service, with its form: what a phone keeps for when it is offline."""

    name = BilingualField("name")
    description = BilingualField("description")
    purpose = BilingualField("purpose")
    conditions = BilingualField("conditions")
    agency = AgencySerializer()
    category = HeadingSerializer(allow_null=True)
    life_event = HeadingSerializer(allow_null=True)
    audiences = serializers.ListField(child=serializers.ChoiceField(choices=Service.Audience.choices))
    assurance = AssuranceSerializer(source="*")
    legal_references = LegalReferenceSerializer(many=True)
    steps = StepSerializer(many=True)
    documents = DocumentSerializer(many=True)
    fee = serializers.SerializerMethodField()
    fees = FeeLineSerializer(many=True)
    decision = serializers.SerializerMethodField()
    channels = serializers.ListField(child=serializers.ChoiceField(choices=Service.Channel.choices))
    contacts = ContactSerializer(many=True)
    complaint_channels = ContactSerializer(many=True)
    electronic = ElectronicSerializer(source="*")
    taken = TakenSerializer(source="*")
    places = PlacesSerializer(source="*")
    outages = OutageSerializer(many=True, source="lane.outages.all", default=[])
    version = serializers.IntegerField(source="current_version.number")
    form = serializers.JSONField(source="current_version.form", help_text="JSON Schema 2020-12 with x-label texts")
    example = serializers.JSONField(source="current_version.example", help_text="Data that fits the form")
    claims = serializers.ListField(
        child=serializers.CharField(),
        source="current_version.claims",
        help_text="Identity fields the agency gets with a request",
    )
    claim_purposes = serializers.SerializerMethodField(help_text="The same fields, each with what it is needed for")

    class Meta:
        model = Service
        fields = [
            "code",
            "name",
            "description",
            "purpose",
            "conditions",
            "agency",
            "category",
            "life_event",
            "audiences",
            "assurance",
            "legal_references",
            "steps",
            "documents",
            "fee",
            "fees",
            "decision",
            "channels",
            "contacts",
            "complaint_channels",
            "data_class",
            "electronic",
            "taken",
            "places",
            "privacy_url",
            "outages",
            "version",
            "form",
            "example",
            "claims",
            "claim_purposes",
            "published_at",
        ]

    @extend_schema_field(FeeSerializer(allow_null=True))
    def get_fee(self, service: Service) -> Any:
        return FeeSerializer(service).data if service.fee_baht is not None else None

    @extend_schema_field(DecisionSerializer(allow_null=True))
    def get_decision(self, service: Service) -> Any:
        return DecisionSerializer(service).data if service.decision_days is not None else None

    @extend_schema_field(ClaimSerializer(many=True))
    def get_claim_purposes(self, service: Service) -> Any:
        return claims_of(service)


class ServiceSerializer(ServiceTextSerializer):
    """A service with its form and everything to know before sending."""

    availability = AvailabilityField(help_text="Whether a request is taken now, and delivered at once")
    delivery = DeliveryField(help_text="Whether what is sent now is delivered at once, and if not, why")
    usual_time = UsualTimeField(help_text="From receipt to decision, in the last 90 days")

    class Meta(ServiceTextSerializer.Meta):
        fields = [*ServiceTextSerializer.Meta.fields, "availability", "delivery", "usual_time"]


class SuggestionSerializer(serializers.Serializer[Service]):
    """What a half-typed query may become."""

    code = serializers.CharField()
    name = BilingualField("name")
    agency = AgencyNameSerializer()


class ListedAgencySerializer(AgencySerializer):
    """An agency with how many live services it has."""

    services = serializers.IntegerField(source="live_services")

    class Meta(AgencySerializer.Meta):
        fields = [*AgencySerializer.Meta.fields, "services"]


class ListedHeadingSerializer(HeadingSerializer):
    """A category or a life event with how many live services it has."""

    services = serializers.IntegerField(source="live_services")


class CatalogueSerializer(serializers.Serializer[Any]):
    """The whole catalogue, or what has changed in it since the version that was asked about."""

    version = serializers.IntegerField(help_text="For `since`, next time")
    complete = serializers.BooleanField(help_text="The whole catalogue: what is not in it is not there any more")
    services = ServiceTextSerializer(many=True)
    withdrawn = serializers.ListField(
        child=serializers.CharField(), help_text="Codes of services that are there no more, if they ever were"
    )
