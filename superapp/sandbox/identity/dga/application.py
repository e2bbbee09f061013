from dataclasses import replace
from functools import partial

from superapp.sandbox.identity.application import Routes, provider_application
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.dga.claims import SCOPES
from superapp.sandbox.identity.dga.endpoints import hashed, openid_configuration, token, userinfo
from superapp.sandbox.identity.failures import OF_OIDC
from superapp.sandbox.identity.front_channel import authorize
from superapp.sandbox.identity.oidc_provider import OidcProvider, jwks
from superapp.sandbox.identity.provider import Profile, SignOut
from superapp.sandbox.identity.relying_party import RelyingParty
from superapp.sandbox.identity.sign_out import end_session
from superapp.sandbox.listener import Application

# With "url" in the name, as in DGA's own sample.
_SIGN_OUT = SignOut("/connect/endsession", return_parameter="post_logout_redirect_url")
_PROFILE = Profile(
    code=ProviderCode.DGA,
    name=("DGA Digital ID", "DGA Digital ID"),
    colour="#6a2c91",
    scopes=SCOPES,
    failures=OF_OIDC,
    token_seconds=60 * 60,
    sign_out=_SIGN_OUT,
)
_ROUTES: Routes[OidcProvider] = {
    ("GET", "/.well-known/openid-configuration"): openid_configuration,
    ("GET", "/.well-known/openid-configuration/jwks"): jwks,
    ("GET", "/connect/authorize"): authorize,
    ("POST", "/connect/token"): token,
    ("GET", "/connect/userinfo"): userinfo,
    ("GET", _SIGN_OUT.path): partial(end_session, _SIGN_OUT),
    ("POST", _SIGN_OUT.path): partial(end_session, _SIGN_OUT),
}


def dga_at(url: str, client: RelyingParty, secret: str) -> Application:
    client = replace(client, client_secret=hashed(client.client_secret))
    return provider_application(OidcProvider(_PROFILE, url, client, secret, algorithm="RS256"), _ROUTES)
