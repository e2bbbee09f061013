from collections.abc import Callable

from superapp.sandbox.listener import Request, Response
from superapp.sandbox.thaid.back_channel import introspect, revoke, token, userinfo
from superapp.sandbox.thaid.discovery import OAUTH_PATH, jwks, openid_configuration
from superapp.sandbox.thaid.errors import OAuthError
from superapp.sandbox.thaid.front_channel import authorize, consent
from superapp.sandbox.thaid.provider import Provider

_ROUTES: dict[tuple[str, str], Callable[[Provider, Request], Response]] = {
    ("GET", "/.well-known/openid-configuration"): lambda provider, _: openid_configuration(provider),
    ("GET", "/jwks/"): lambda provider, _: jwks(provider),
    ("GET", f"{OAUTH_PATH}/auth/"): authorize,
    ("POST", "/consent"): consent,
    ("POST", f"{OAUTH_PATH}/token/"): token,
    ("POST", f"{OAUTH_PATH}/introspect/"): introspect,
    ("POST", f"{OAUTH_PATH}/revoke/"): revoke,
    ("GET", f"{OAUTH_PATH}/userinfo/"): userinfo,
}


class ThaidApplication:
    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def __call__(self, request: Request) -> Response:
        endpoint = _ROUTES.get((request.method, request.path))
        if endpoint is None:
            return OAuthError("not_found", "there is nothing at this address", status=404).as_response()
        try:
            return endpoint(self._provider, request)
        except OAuthError as error:
            return error.as_response()
