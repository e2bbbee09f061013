"""What the person's browser sees: the consent page, and the way back to the relying party."""

import time
from dataclasses import replace
from urllib.parse import urlencode

from superapp.sandbox.identity.authorization import AuthorizationRequest
from superapp.sandbox.identity.consent_page import consent_page
from superapp.sandbox.identity.errors import OAuthError
from superapp.sandbox.identity.failures import OUTAGES, Failure
from superapp.sandbox.identity.oidc_provider import OidcProvider
from superapp.sandbox.identity.provider import Grant, Provider
from superapp.sandbox.listener import Request, Response
from superapp.sandbox.people import Person, person_for

CONSENT_PATH = "/consent"
_ABOUT_ERRORS = "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1"
_ANOTHER_FAMILY = "ชื่อสกุลอื่น"


def authorize(provider: Provider, request: Request) -> Response:
    """Raises OAuthError if redirect_uri may not be the client's: then nobody is redirected."""
    query = request.query
    if query.get("client_id") != provider.client.client_id:
        raise OAuthError("unauthorized_client", "client_id is unknown", status=401)
    if query.get("redirect_uri") not in provider.client.redirect_uris:
        raise OAuthError("invalid_request", "redirect_uri is not registered")
    profile = provider.profile
    try:
        asked = AuthorizationRequest.checked(query, profile.scopes, scope_required=profile.scope_required)
    except OAuthError as error:
        return _redirect_with_error(query["redirect_uri"], query.get("state", ""), error)
    return consent_page(provider, asked, _remembered(provider, request))


def consent(provider: Provider, request: Request) -> Response:
    form = request.form
    asked = AuthorizationRequest.unsealed(form.get("request", ""), provider.consent_key)
    failure = _failure(provider, form.get("failure", ""))
    if form.get("decision") != "allow" or failure is Failure.DENIED:
        denied = OAuthError("access_denied", "the person did not allow it")
        return _redirect_with_error(asked.redirect_uri, asked.state, denied)
    remembered = _remembered(provider, request)
    person = remembered or _person(provider, form.get("person", ""))
    if failure is Failure.ROTATED_KEYS and isinstance(provider, OidcProvider):
        provider.keys.rotate()
    code = provider.codes.keep(Grant(asked, _as_told(person, failure), int(time.time()), failure))
    answer = redirect(asked.redirect_uri, code=code, state=asked.state)
    if remembered or not provider.profile.sign_out:
        return answer
    return replace(answer, headers={**answer.headers, **provider.sessions.begin(person)})


def redirect(url: str, **parameters: str) -> Response:
    separator = "&" if "?" in url else "?"
    location = f"{url}{separator}{urlencode(parameters)}" if parameters else url
    return Response(302, headers={"Location": location, "Cache-Control": "no-store"})


def _remembered(provider: Provider, request: Request) -> Person | None:
    return provider.sessions.person(request) if provider.profile.sign_out else None


def _failure(provider: Provider, chosen: str) -> Failure:
    """What was chosen on the page, else what the server is switched to; its outages are shown by the server itself."""
    switched = provider.switches.failure
    return provider.switches.chosen(chosen) or (Failure.NONE if switched in OUTAGES else switched)


def _person(provider: Provider, number: str) -> Person:
    """Raises OAuthError unless the provider knows somebody with that number."""
    try:
        person = person_for(number)
    except ValueError as error:
        raise OAuthError("invalid_request", f"person is {error}") from None
    if not person.is_known_to(provider.profile.code):
        raise OAuthError("invalid_request", "person has no account here")
    return person.as_known_to(provider.profile.code)


def _as_told(person: Person, failure: Failure) -> Person:
    if failure is Failure.NAME_MISMATCH:
        return replace(person, th=replace(person.th, family=_ANOTHER_FAMILY))
    if failure is Failure.INVALID_NUMBER:
        return replace(person, number=f"{person.number[:12]}{(int(person.number[12]) + 1) % 10}")
    return person


def _redirect_with_error(redirect_uri: str, state: str, error: OAuthError) -> Response:
    return redirect(
        redirect_uri,
        error=error.error,
        error_description=error.description,
        error_uri=_ABOUT_ERRORS,
        state=state,
    )
