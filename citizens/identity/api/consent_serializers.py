"""Shapes of the sign-in by consent."""

from typing import Any

from rest_framework import serializers

from citizens.identity.api.serializers import DeviceIdField, DeviceNameField, ReplacesField
from citizens.models import ConsentRequest
from services_catalog.api.texts import TextSerializer
from services_catalog.national_id import is_national_id

_VERIFIER = r"^[A-Za-z0-9._~-]{43,128}\Z"
SHOWN_STATES = [state.value for state in ConsentRequest.State if state != ConsentRequest.State.CREATING]


class BankSerializer(serializers.Serializer[Any]):
    """Somebody who can confirm who a person is, in an app of their own."""

    id = serializers.CharField()
    name = TextSerializer()


class ConsentRequestStartSerializer(serializers.Serializer[Any]):
    """Whom to ask, and the PKCE challenge (S256) of the phone that will finish."""

    provider = serializers.SlugField(max_length=40)
    national_id = serializers.CharField(max_length=13, write_only=True, help_text="13 digits")
    bank = serializers.CharField(max_length=120, help_text="`id` of one of the provider's banks")
    code_challenge = serializers.RegexField(r"^[A-Za-z0-9_-]{43}\Z")
    code_challenge_method = serializers.ChoiceField(choices=["S256"])
    device_id = DeviceIdField()
    device_name = DeviceNameField()

    def validate_national_id(self, value: str) -> str:
        if not is_national_id(value):
            raise serializers.ValidationError("not a national id", code="invalid")
        return value


class VerifierSerializer(serializers.Serializer[Any]):
    """What only the phone that began can show."""

    code_verifier = serializers.RegexField(_VERIFIER)


class FinishSerializer(VerifierSerializer):
    """The verifier and, after a step-up, what it replaces."""

    replaces = ReplacesField()


class ConsentRequestSerializer(serializers.Serializer[Any]):
    """A request, and what is to be done next. Nothing of it tells whom it is about."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(choices=SHOWN_STATES)
    reference = serializers.CharField(help_text="Six digits; the bank's app shows the same")
    bank = serializers.CharField()
    next_actor = serializers.ChoiceField(choices=["citizen", "phone", "nobody"])
    next_step = TextSerializer()
    expires_at = serializers.DateTimeField()
    ask_again_after = serializers.IntegerField(help_text="Seconds; 0 when nothing will change any more")
