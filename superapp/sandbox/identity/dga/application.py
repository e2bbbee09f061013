from dataclasses import replace

from superapp.sandbox.identity.application import Routes, provider_application
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.dga.claims import SCOPES
from superapp.sandbox.identity.dga.endpoints import end_session, hashed, openid_configuration, token, userinfo
from superapp.sandbox.identity.failures import OF_OIDC
from superapp.sandbox.identity.front_channel import authorize
from superapp.sandbox.identity.oidc_provider import OidcProvider, jwks
from superapp.sandbox.identity.provider import Profile
from superapp.sandbox.identity.relying_party import RelyingParty
from superapp.sandbox.listener import Application

_PROFILE = Profile(
    code=ProviderCode.DGA,
    name=("DGA Digital ID", "DGA Digital ID"),
    colour="#6a2c91",
    scopes=SCOPES,
    failures=OF_OIDC,
    token_seconds=60 * 60,
)
_ROUTES: Routes[OidcProvider] = {
    ("GET", "/.well-known/openid-configuration"): openid_configuration,
    ("GET", "/.well-known/openid-configuration/jwks"): jwks,
    ("GET", "/connect/authorize"): authorize,
    ("POST", "/connect/token"): token,
    ("GET", "/connect/userinfo"): userinfo,
    ("GET", "/connect/endsession"): end_session,
}


def dga_at(url: str, client: RelyingParty, secret: str) -> Application:
    client = replace(client, client_secret=hashed(client.client_secret))
    return provider_application(OidcProvider(_PROFILE, url, client, secret, algorithm="RS256"), _ROUTES)
