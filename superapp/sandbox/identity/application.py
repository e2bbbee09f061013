"""One provider's HTTP server."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from superapp.sandbox.identity.errors import OAuthError
from superapp.sandbox.identity.front_channel import CONSENT_PATH, consent
from superapp.sandbox.identity.provider import Provider
from superapp.sandbox.identity.switches import switchable
from superapp.sandbox.listener import Application, Request, Response

SomeProvider = TypeVar("SomeProvider", bound=Provider)
Routes = Mapping[tuple[str, str], Callable[[SomeProvider, Request], Response]]


def provider_application(provider: SomeProvider, routes: Routes[SomeProvider]) -> Application:
    """`routes` maps method and path to an endpoint; the consent form and the switches are added."""

    def endpoint(request: Request) -> Response:
        if (request.method, request.path) == ("POST", CONSENT_PATH):
            return consent(provider, request)
        answer = routes.get((request.method, request.path))
        if answer is None:
            raise OAuthError("not_found", "there is nothing at this address", status=404)
        return answer(provider, request)

    return switchable(provider.switches, endpoint)
