"""What the person's browser sees: the consent page, and the way back to the relying party."""

import time
from urllib.parse import urlencode

from superapp.sandbox.listener import Request, Response
from superapp.sandbox.people import person_for
from superapp.sandbox.thaid.authorization import AuthorizationRequest
from superapp.sandbox.thaid.consent_page import consent_page
from superapp.sandbox.thaid.errors import OAuthError
from superapp.sandbox.thaid.provider import Grant, Provider

_ABOUT_ERRORS = "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1"


def authorize(provider: Provider, request: Request) -> Response:
    """Raises OAuthError if redirect_uri may not be the client's: then nobody is redirected."""
    query = request.query
    if query.get("client_id") != provider.client.client_id:
        raise OAuthError("unauthorized_client", "client_id is unknown", status=401)
    if query.get("redirect_uri") not in provider.client.redirect_uris:
        raise OAuthError("invalid_request", "redirect_uri is not registered")
    try:
        asked = AuthorizationRequest.checked(query)
    except OAuthError as error:
        return _redirect_with_error(query["redirect_uri"], query.get("state", ""), error)
    return consent_page(asked, sealed=asked.sealed(provider.consent_key))


def consent(provider: Provider, request: Request) -> Response:
    form = request.form
    asked = AuthorizationRequest.unsealed(form.get("request", ""), provider.consent_key)
    if form.get("decision") != "allow":
        denied = OAuthError("access_denied", "the person did not allow it")
        return _redirect_with_error(asked.redirect_uri, asked.state, denied)
    try:
        person = person_for(form.get("person", ""))
    except ValueError as error:
        raise OAuthError("invalid_request", f"person is {error}") from None
    code = provider.codes.keep(Grant(asked, person, int(time.time())))
    return _redirect(asked.redirect_uri, code=code, state=asked.state)


def _redirect_with_error(redirect_uri: str, state: str, error: OAuthError) -> Response:
    return _redirect(
        redirect_uri,
        error=error.error,
        error_description=error.description,
        error_uri=_ABOUT_ERRORS,
        state=state,
    )


def _redirect(redirect_uri: str, **parameters: str) -> Response:
    separator = "&" if "?" in redirect_uri else "?"
    location = f"{redirect_uri}{separator}{urlencode(parameters)}"
    return Response(302, headers={"Location": location, "Cache-Control": "no-store"})
