"""Shapes of the sign-in API."""

from typing import Any

from rest_framework import serializers

from services_catalog.api.texts import TextSerializer


class NamedSerializer(serializers.Serializer[Any]):
    """A provider, a service, an agency or a purpose; its name is the code where it is gone."""

    code = serializers.CharField()
    name = TextSerializer()


class ProviderSerializer(serializers.Serializer[Any]):
    """An identity provider that is switched on, in the order to offer them."""

    code = serializers.CharField()
    protocol = serializers.ChoiceField(
        choices=["redirect", "consent_request"],
        help_text="`redirect`: open auth/authorize in the system browser; `consent_request`: post to it",
    )
    name = TextSerializer()
    logo_url = TextSerializer(help_text="Empty where there is none")
    is_primary = serializers.BooleanField(help_text="The one to offer first and largest")
    position = serializers.IntegerField()
    max_ial = serializers.CharField(help_text="The highest identity assurance level it can reach")
    max_aal = serializers.CharField(help_text="The highest authentication assurance level it can reach")
    is_up = serializers.BooleanField()
    down_until = serializers.DateTimeField(allow_null=True, help_text="When to try again; null while it is up")


class DeviceNameField(serializers.CharField):
    """What the phone calls itself: the citizen sees it in the list of their devices."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=80, required=False, allow_blank=True, default="", **options)


class DeviceIdField(serializers.RegexField):
    """What the phone is counted by, whatever its address: random, and nothing that others know it by."""

    def __init__(self, **options: Any) -> None:
        told = "Made by the app when it is installed; limits are counted by it"
        super().__init__(r"^[A-Za-z0-9._~-]{16,64}\Z", help_text=told, **options)


class AuthorizeSerializer(serializers.Serializer[Any]):
    """The phone's authorization request (RFC 6749, 4.1.1, with PKCE S256 as RFC 7636 has it)."""

    provider = serializers.SlugField(max_length=40)
    redirect_uri = serializers.CharField(max_length=500)
    code_challenge = serializers.RegexField(r"^[A-Za-z0-9_-]{43}\Z")
    code_challenge_method = serializers.ChoiceField(choices=["S256"])
    state = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    device_id = DeviceIdField(required=False)
    device_name = DeviceNameField()


class CallbackSerializer(serializers.Serializer[Any]):
    """The provider's answer: a code, or none when the citizen said no or the provider could not ask them."""

    state = serializers.CharField(max_length=200)
    code = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    error = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default="", help_text="Why there is no code (RFC 6749)"
    )
    iss = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default="", help_text="Who answers (RFC 9207)"
    )


class ReplacesField(serializers.CharField):
    """Of a step-up."""

    def __init__(self, **options: Any) -> None:
        told = "The refresh token of the session that this sign-in takes over from: it ends"
        super().__init__(max_length=200, required=False, allow_blank=True, default="", help_text=told, **options)


class TokenRequestSerializer(serializers.Serializer[Any]):
    """`authorization_code` needs code, code_verifier and redirect_uri; `refresh_token` needs refresh_token."""

    grant_type = serializers.ChoiceField(choices=["authorization_code", "refresh_token"])
    code = serializers.CharField(max_length=200, required=False)
    code_verifier = serializers.RegexField(r"^[A-Za-z0-9._~-]{43,128}\Z", required=False)
    redirect_uri = serializers.CharField(max_length=500, required=False)
    refresh_token = serializers.CharField(max_length=200, required=False)
    device_name = DeviceNameField()
    replaces = ReplacesField()

    _NEEDS = {
        "authorization_code": ("code", "code_verifier", "redirect_uri"),
        "refresh_token": ("refresh_token",),
    }

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in self._NEEDS[attrs["grant_type"]] if name not in attrs]
        if missing:
            raise serializers.ValidationError(
                {name: self.fields[name].error_messages["required"] for name in missing}, code="required"
            )
        return attrs


class TokensSerializer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    token_type = serializers.ChoiceField(choices=["Bearer"])
    expires_in = serializers.IntegerField(help_text="Seconds the access token is good for")


class SignedOutSerializer(serializers.Serializer[Any]):
    provider_sign_out_url = serializers.URLField(help_text="To open in the system browser; not to be kept.")
