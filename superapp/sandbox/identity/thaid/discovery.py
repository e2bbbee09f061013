from superapp.sandbox.identity.oidc_provider import OidcProvider
from superapp.sandbox.identity.thaid.claims import SCOPES
from superapp.sandbox.listener import Request, Response, json_response

OAUTH_PATH = "/api/v2/oauth2"


def openid_configuration(provider: OidcProvider, request: Request) -> Response:
    """ThaID keeps introspect/ out of the document, and so does this."""
    base = provider.issuer + OAUTH_PATH
    return json_response(
        200,
        {
            "issuer": provider.issuer,
            "authorization_endpoint": f"{base}/auth/",
            "token_endpoint": f"{base}/token/",
            "userinfo_endpoint": f"{base}/userinfo/",
            "revocation_endpoint": f"{base}/revoke/",
            "jwks_uri": f"{provider.issuer}/jwks/",
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
        },
    )
