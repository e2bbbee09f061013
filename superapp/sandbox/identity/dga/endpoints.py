from hashlib import md5

from superapp.sandbox.identity.authorization import OPENID
from superapp.sandbox.identity.back_channel import NO_STORE, bearer, redeemed
from superapp.sandbox.identity.dga.claims import SCOPES, claims_of
from superapp.sandbox.identity.errors import OAuthError
from superapp.sandbox.identity.oidc_provider import OidcProvider
from superapp.sandbox.listener import Request, Response, json_response

_ROUNDS = 7


def hashed(secret: str) -> str:
    """What DGA wants in the place of the client's secret: seven rounds of MD5, each over what came before and "EGA"."""
    for _ in range(_ROUNDS):
        secret = md5(f"{secret}EGA".encode(), usedforsecurity=False).hexdigest()
    return secret


def openid_configuration(provider: OidcProvider, request: Request) -> Response:
    connect = f"{provider.issuer}/connect"
    return json_response(
        200,
        {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{connect}/authorize",
            "token_endpoint": f"{connect}/token",
            "userinfo_endpoint": f"{connect}/userinfo",
            "end_session_endpoint": f"{connect}/endsession",
            "jwks_uri": f"{provider.issuer}/.well-known/openid-configuration/jwks",
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [provider.keys.algorithm],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
        },
    )


def token(provider: OidcProvider, request: Request) -> Response:
    if not provider.client.is_authenticated_by_header(request.headers.get("Authorization", "")):
        raise OAuthError("invalid_client", "client_id or hashed client_secret is wrong", status=401)
    grant = redeemed(provider, request.form, lambda description: OAuthError("invalid_grant", description))
    access_token = provider.tokens.keep(grant)
    answer: dict[str, object] = {
        "access_token": access_token,
        "expires_in": provider.profile.token_seconds,
        "token_type": "Bearer",
        "scope": grant.request.scope,
    }
    if OPENID in grant.request.scopes:
        claims = claims_of(grant.person, provider.subject(grant.person), grant.request.scopes)
        answer["id_token"] = provider.id_token(grant, access_token, claims)
    return json_response(200, answer, NO_STORE)


def userinfo(provider: OidcProvider, request: Request) -> Response:
    grant = bearer(provider, request)
    if grant is None:
        raise OAuthError("invalid_token", "the access token is unknown or has expired", status=401)
    claims = claims_of(grant.person, provider.subject(grant.person), grant.request.scopes)
    return json_response(200, claims, NO_STORE)
