"""What the row of a provider that works by redirect says, whichever protocol it is."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from services_catalog.claims import CLAIMS

# What a claim map may name: what agencies can ask for, who it is to the provider, and how sure the provider is of it.
CLAIM_NAMES = [*CLAIMS, "number_verified", "subject", "ial", "aal"]
_NEEDED = ["national_id", "subject"]


class StrictOptions(serializers.Serializer[Any]):
    """Refuses an option it does not know by name, so that a misspelt one is not a silent default."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := set(data) - set(self.fields)):
            raise serializers.ValidationError({name: [_("There is no such option.")] for name in sorted(unknown)})
        return super().to_internal_value(data)


def can_be_called(address: str) -> bool:
    """Whether a request can be made of it: in ASCII as it stands, with a port that there is."""
    try:
        urlsplit(address).port  # noqa: B018  (read for what it raises)
    except ValueError:
        return False
    return address.isascii()


class AddressField(serializers.URLField):
    """HTTPS; in the sandbox, which is on one machine, HTTP as well."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=500, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        address = str(super().to_internal_value(data))
        if not can_be_called(address):
            self.fail("invalid")
        if address and urlsplit(address).scheme != "https" and not settings.SANDBOX:
            raise serializers.ValidationError(_("The address must begin with https://."))
        return address


class OptionalAddressField(AddressField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_blank=True, default="", **kwargs)


class PairsField(serializers.DictField):
    """Names and their values; people write one pair a line."""

    child = serializers.CharField(max_length=500)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, default=dict, **kwargs)


class ClaimMapField(serializers.DictField):
    """Our claim → where the provider has it: a dotted path, or several that are joined by a space."""

    child = serializers.CharField(max_length=300)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        paths: dict[str, str] = super().to_internal_value(data)
        if unknown := sorted(set(paths) - set(CLAIM_NAMES)):
            raise serializers.ValidationError(
                [_("There is no claim called {name}.").format(name=name) for name in unknown]
            )
        if missing := [name for name in _NEEDED if name not in paths]:
            raise serializers.ValidationError(
                [_("It has to say where {name} is.").format(name=name) for name in missing]
            )
        return paths


class RedirectOptions(StrictOptions):
    """Where the provider is, what we are to it, and where its answers have what."""

    authorize_url = AddressField(label=_("Authorization address"), help_text=_("Citizens are sent there."))
    token_url = AddressField(label=_("Token address"), help_text=_("We exchange the code there."))
    client_id = serializers.CharField(max_length=200, label=_("Client id"))
    client_authentication = serializers.ChoiceField(
        choices=[
            ("basic", _("HTTP Basic")),
            ("post", _("In the body")),
            ("basic_hashed", _("HTTP Basic with DGA's hashed secret")),
        ],
        default="basic",
        label=_("How we prove who we are"),
    )
    scope = serializers.CharField(
        max_length=500, required=False, allow_blank=True, default="", label=_("Scopes"), help_text=_("With spaces.")
    )
    authorize_parameters = PairsField(
        label=_("More parameters of the authorization address"), help_text=_("One a line, as prompt: login.")
    )
    extra_headers = PairsField(label=_("More headers of our calls"), help_text=_("One a line, as X-Api-Version: 2."))
    pkce = serializers.BooleanField(
        default=False, label=_("With PKCE"), help_text=_("On the provider's leg; the phone's leg always has it.")
    )
    claims = ClaimMapField(
        label=_("Where its answers have our claims"),
        help_text=format_lazy(
            _(
                "One a line, as given_name_th: given_name. Several paths with spaces are joined. "
                "{needed} have to be there; the others are {others}."
            ),
            needed=", ".join(_NEEDED),
            others=", ".join(name for name in CLAIM_NAMES if name not in _NEEDED),
        ),
    )
