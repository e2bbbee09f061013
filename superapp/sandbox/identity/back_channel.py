"""What the relying party's server calls, as far as providers agree on it."""

from collections.abc import Callable, Mapping

from superapp.sandbox.identity.errors import OAuthError, Refusal
from superapp.sandbox.identity.failures import Failure
from superapp.sandbox.identity.oidc_provider import OidcProvider
from superapp.sandbox.identity.provider import Grant, Provider
from superapp.sandbox.listener import Request

NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def redeemed(provider: Provider, form: Mapping[str, str], refusal: Callable[[str], Refusal]) -> Grant:
    """A code is spent by the first attempt to redeem it, right or wrong.

    Raises what `refusal` makes of a description, or OAuthError.
    """
    if form.get("grant_type") != "authorization_code":
        raise OAuthError("unsupported_grant_type", "grant_type must be authorization_code")
    grant = provider.codes.take(form.get("code", ""))
    if grant is None or _comes_too_late(provider, grant):
        raise refusal("the code is unknown, used or has expired")
    if form.get("redirect_uri") != grant.request.redirect_uri:
        raise refusal("redirect_uri is not that of the authorization request")
    if not grant.request.is_proved_by(form.get("code_verifier", "")):
        raise refusal("code_verifier does not match the code_challenge")
    provider.switches.suffer(grant.failure)
    return grant


def _comes_too_late(provider: Provider, grant: Grant) -> bool:
    """Where no id_token can have expired, the code has."""
    return grant.failure is Failure.EXPIRED and not isinstance(provider, OidcProvider)


def bearer(provider: Provider, request: Request) -> Grant | None:
    """What the access token in the header stands for, None if it is unknown or has expired."""
    return provider.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
