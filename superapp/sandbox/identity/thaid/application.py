from superapp.sandbox.identity.application import Routes, provider_application
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.failures import OF_OIDC
from superapp.sandbox.identity.front_channel import authorize
from superapp.sandbox.identity.oidc_provider import OidcProvider, jwks
from superapp.sandbox.identity.provider import Profile
from superapp.sandbox.identity.relying_party import RelyingParty
from superapp.sandbox.identity.thaid.back_channel import introspect, revoke, token, userinfo
from superapp.sandbox.identity.thaid.claims import SCOPES
from superapp.sandbox.identity.thaid.discovery import OAUTH_PATH, openid_configuration
from superapp.sandbox.listener import Application

_PROFILE = Profile(
    code=ProviderCode.THAID,
    name=("ThaID", "ThaID"),
    colour="#1f3f94",
    scopes=SCOPES,
    failures=OF_OIDC,
    token_seconds=15 * 60,
)
_ROUTES: Routes[OidcProvider] = {
    ("GET", "/.well-known/openid-configuration"): openid_configuration,
    ("GET", "/jwks/"): jwks,
    ("GET", f"{OAUTH_PATH}/auth/"): authorize,
    ("POST", f"{OAUTH_PATH}/token/"): token,
    ("POST", f"{OAUTH_PATH}/introspect/"): introspect,
    ("POST", f"{OAUTH_PATH}/revoke/"): revoke,
    ("GET", f"{OAUTH_PATH}/userinfo/"): userinfo,
}


def thaid_at(url: str, client: RelyingParty, secret: str) -> Application:
    return provider_application(OidcProvider(_PROFILE, url, client, secret, algorithm="ES256"), _ROUTES)
