"""What the relying party's server calls."""

import time

from superapp.sandbox.identity.back_channel import NO_STORE, bearer, redeemed
from superapp.sandbox.identity.errors import OAuthError
from superapp.sandbox.identity.oidc_provider import OidcProvider
from superapp.sandbox.identity.provider import Grant
from superapp.sandbox.identity.thaid.claims import claims_of
from superapp.sandbox.listener import Request, Response, json_response


def token(provider: OidcProvider, request: Request) -> Response:
    """Claims are flat in the answer, or only inside the id_token if `openid` was asked for.

    `expire_in` (sic) is an absolute Unix time, and so is `expires_in`, which ETDA's sample reads.
    """
    _authenticate(provider, request)
    grant = redeemed(provider, request.form, _refusal)
    access_token = provider.tokens.keep(grant)
    expires_at = int(time.time()) + provider.profile.token_seconds
    answer: dict[str, object] = {
        "expire_in": expires_at,
        "expires_in": expires_at,
        "access_token": access_token,
        "token_type": "Bearer",
        "scope": grant.request.scope,
    }
    if grant.request.wants_id_token:
        answer["id_token"] = _id_token(provider, grant, access_token)
    else:
        answer.update(claims_of(grant.person, grant.request.scopes))
    return json_response(200, answer, NO_STORE)


def introspect(provider: OidcProvider, request: Request) -> Response:
    _authenticate(provider, request)
    grant = provider.tokens.get(_posted_token(request))
    if grant is None:
        return json_response(200, {"active": False}, NO_STORE)
    answer = {"active": True, "sub": grant.person.number, "scope": grant.request.scope}
    return json_response(200, answer, NO_STORE)


def revoke(provider: OidcProvider, request: Request) -> Response:
    _authenticate(provider, request)
    provider.tokens.take(_posted_token(request))
    return json_response(200, {"status": "OK", "message": "revoked"})


def userinfo(provider: OidcProvider, request: Request) -> Response:
    """400 for a token that was not issued for `openid`."""
    grant = bearer(provider, request)
    if grant is None:
        raise OAuthError("access_denied", "the access token is unknown or has expired", status=401)
    if not grant.request.wants_id_token:
        raise OAuthError("invalid_request", "the access token was not issued for openid")
    claims = {"sub": grant.person.number, **claims_of(grant.person, grant.request.scopes)}
    return json_response(200, claims, NO_STORE)


def _authenticate(provider: OidcProvider, request: Request) -> None:
    if not provider.client.is_authenticated_by_header(request.headers.get("Authorization", "")):
        raise OAuthError("invalid_client", "client_id or client_secret is wrong", status=401)


def _refusal(description: str) -> OAuthError:
    """DOPA's document has no invalid_grant."""
    return OAuthError("invalid_request", description)


def _id_token(provider: OidcProvider, grant: Grant, access_token: str) -> str:
    claims = {"sub": grant.person.number, "version": "1.0.1", **claims_of(grant.person, grant.request.scopes)}
    return provider.id_token(grant, access_token, claims)


def _posted_token(request: Request) -> str:
    """DOPA's examples carry the word Bearer in the body, ETDA's sample does not; both are taken."""
    posted = request.form.get("token", "")
    if not posted:
        raise OAuthError("invalid_request", "The body is invalid")
    return posted.removeprefix("Bearer ")
