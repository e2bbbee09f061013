"""Shapes of the sign-in API."""

from typing import Any

from rest_framework import serializers


class ProviderNameSerializer(serializers.Serializer[Any]):
    th = serializers.CharField()
    en = serializers.CharField()


class ProviderSerializer(serializers.Serializer[Any]):
    """An identity provider that is switched on."""

    code = serializers.CharField()
    name = ProviderNameSerializer()


class AuthorizeSerializer(serializers.Serializer[Any]):
    """The phone's authorization request (RFC 6749, 4.1.1, with PKCE S256 as RFC 7636 has it)."""

    provider = serializers.SlugField(max_length=40)
    redirect_uri = serializers.CharField(max_length=500)
    code_challenge = serializers.RegexField(r"^[A-Za-z0-9_-]{43}\Z")
    code_challenge_method = serializers.ChoiceField(choices=["S256"])
    state = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class CallbackSerializer(serializers.Serializer[Any]):
    """The provider's answer: a code, or none when the citizen said no."""

    state = serializers.CharField(max_length=200)
    code = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class TokenRequestSerializer(serializers.Serializer[Any]):
    """`authorization_code` needs code, code_verifier and redirect_uri; `refresh_token` needs refresh_token."""

    grant_type = serializers.ChoiceField(choices=["authorization_code", "refresh_token"])
    code = serializers.CharField(max_length=200, required=False)
    code_verifier = serializers.RegexField(r"^[A-Za-z0-9._~-]{43,128}\Z", required=False)
    redirect_uri = serializers.CharField(max_length=500, required=False)
    refresh_token = serializers.CharField(max_length=200, required=False)

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
