"""What a call may ask the catalogue for."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from services_catalog.languages import Text
from services_catalog.models import Service
from services_catalog.models.agencies import code_validator
from services_catalog.models.content import IAL_LEVELS
from services_catalog.problems import INVALID_PARAMETER, FieldProblem, Problem, pointer
from services_catalog.services.running import Openness

_SENTENCES = {
    "invalid_choice": Text("กรุณาเลือกจากค่าที่มี", "This is none of the values there are."),
    "max_length": Text("ข้อความยาวเกินไป", "This is too long."),
}
_OTHER_SENTENCE = Text("ค่านี้ไม่ถูกต้อง", "This value is not valid.")


class Parameters(serializers.Serializer[Any]):
    """Query parameters; those that are empty count as left out, others that are not known are left unread."""

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """Their values by name. Raises Problem INVALID_PARAMETER."""
        asked = ((name, request.GET.get(name, "").strip()) for name in cls._declared_fields)
        given = cls(data={name: value for name, value in asked if value})
        try:
            given.is_valid(raise_exception=True)
        except ValidationError as error:
            raise Problem(INVALID_PARAMETER, errors=_problems(error)) from None
        values: dict[str, Any] = given.validated_data
        return values


def _problems(error: ValidationError) -> list[FieldProblem]:
    details: Any = error.get_full_details()
    codes = {name: str(found[0]["code"]) for name, found in details.items()}
    return [FieldProblem(pointer(name), code, _SENTENCES.get(code, _OTHER_SENTENCE)) for name, code in codes.items()]


class ServiceParameters(Parameters):
    """Which services a list shows, and in which order."""

    ORDERS = ["code", "name", "name_en", "popularity", "relevance"]

    q = serializers.CharField(
        required=False,
        max_length=200,
        help_text="Words in Thai or English. In the order of relevance the best matches come on one page.",
    )
    agency = serializers.CharField(
        required=False, max_length=40, validators=[code_validator], help_text="Code of an agency"
    )
    ministry = serializers.CharField(required=False, max_length=300, help_text="Name of a ministry, in Thai or English")
    category = serializers.SlugField(required=False, max_length=50, help_text="Code of a category")
    life_event = serializers.SlugField(required=False, max_length=50, help_text="Code of a life event")
    audience = serializers.ChoiceField(Service.Audience.choices, required=False, help_text="For whom the service is")
    availability = serializers.ChoiceField(
        [state.value for state in Openness],
        required=False,
        help_text="`open`: taken and delivered at once; `queueing`: taken, delivered later; `closed`: not taken",
    )
    min_ial = serializers.ChoiceField(
        [str(level) for level in IAL_LEVELS],
        required=False,
        help_text="The IAL of a citizen: services for which it is enough",
    )
    order = serializers.ChoiceField(
        ORDERS,
        required=False,
        help_text="`relevance` where there is a `q`, else `code`. `name` is the Thai name, `name_en` the English one.",
    )

    def validate_min_ial(self, value: str) -> Decimal:
        return Decimal(value)


class SuggestionParameters(Parameters):
    q = serializers.CharField(required=False, max_length=200, help_text="What has been typed so far")


class CatalogueParameters(Parameters):
    since = serializers.IntegerField(
        required=False,
        min_value=0,
        max_value=2**63 - 1,
        help_text="The `version` of the catalogue that the phone has",
    )
