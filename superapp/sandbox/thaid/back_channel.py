"""What the relying party's server calls."""

import time

from superapp.sandbox.listener import Request, Response, json_response
from superapp.sandbox.thaid.claims import claims_of
from superapp.sandbox.thaid.errors import OAuthError
from superapp.sandbox.thaid.id_token import id_token_for
from superapp.sandbox.thaid.provider import TOKEN_SECONDS, Grant, Provider

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def token(provider: Provider, request: Request) -> Response:
    """Claims are flat in the answer, or only inside the id_token if `openid` was asked for.

    `expire_in` (sic) is an absolute Unix time, and so is `expires_in`, which ETDA's sample reads.
    """
    _authenticate(provider, request)
    grant = _redeemed(provider, request.form)
    access_token = provider.tokens.keep(grant)
    expires_at = int(time.time()) + TOKEN_SECONDS
    answer: dict[str, object] = {
        "expire_in": expires_at,
        "expires_in": expires_at,
        "access_token": access_token,
        "token_type": "Bearer",
        "scope": grant.request.scope,
    }
    if grant.request.wants_id_token:
        answer["id_token"] = id_token_for(provider, grant, access_token)
    else:
        answer.update(claims_of(grant.person, grant.request.scopes))
    return json_response(200, answer, _NO_STORE)


def introspect(provider: Provider, request: Request) -> Response:
    _authenticate(provider, request)
    grant = provider.tokens.get(_posted_token(request))
    if grant is None:
        return json_response(200, {"active": False}, _NO_STORE)
    answer = {"active": True, "sub": grant.person.number, "scope": grant.request.scope}
    return json_response(200, answer, _NO_STORE)


def revoke(provider: Provider, request: Request) -> Response:
    _authenticate(provider, request)
    provider.tokens.take(_posted_token(request))
    return json_response(200, {"status": "OK", "message": "revoked"})


def userinfo(provider: Provider, request: Request) -> Response:
    """400 for a token that was not issued for `openid`."""
    grant = provider.tokens.get(_without_scheme(request.headers.get("Authorization", "")))
    if grant is None:
        raise OAuthError("access_denied", "the access token is unknown or has expired", status=401)
    if not grant.request.wants_id_token:
        raise OAuthError("invalid_request", "the access token was not issued for openid")
    claims = {"sub": grant.person.number, **claims_of(grant.person, grant.request.scopes)}
    return json_response(200, claims, _NO_STORE)


def _authenticate(provider: Provider, request: Request) -> None:
    if not provider.client.is_authenticated_by(request.headers.get("Authorization", "")):
        raise OAuthError("invalid_client", "client_id or client_secret is wrong", status=401)


def _redeemed(provider: Provider, form: dict[str, str]) -> Grant:
    """A code is spent by the first attempt to redeem it, right or wrong."""
    if form.get("grant_type") != "authorization_code":
        raise OAuthError("unsupported_grant_type", "grant_type must be authorization_code")
    grant = provider.codes.take(form.get("code", ""))
    if grant is None:
        raise OAuthError("invalid_request", "the code is unknown, used or has expired")
    if form.get("redirect_uri") != grant.request.redirect_uri:
        raise OAuthError("invalid_request", "redirect_uri is not that of the authorization request")
    if not grant.request.is_proved_by(form.get("code_verifier", "")):
        raise OAuthError("invalid_request", "code_verifier does not match the code_challenge")
    return grant


def _posted_token(request: Request) -> str:
    posted = request.form.get("token", "")
    if not posted:
        raise OAuthError("invalid_request", "The body is invalid")
    return _without_scheme(posted)


def _without_scheme(value: str) -> str:
    """DOPA's examples carry the word Bearer in the body, ETDA's sample does not; both are taken."""
    return value.removeprefix("Bearer ")
