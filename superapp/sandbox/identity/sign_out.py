"""Signing out at the provider itself (OpenID Connect RP-Initiated Logout 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape

from joserfc import jwt
from joserfc.errors import JoseError

from superapp.sandbox.identity.errors import OAuthError
from superapp.sandbox.identity.front_channel import redirect
from superapp.sandbox.identity.oidc_provider import OidcProvider
from superapp.sandbox.identity.pages import page
from superapp.sandbox.identity.provider import SignOut
from superapp.sandbox.listener import Request, Response
from superapp.sandbox.people import Person


@dataclass(frozen=True, slots=True)
class SignOutRequest:
    """Checked already. `subject` is whom the id_token that was shown is about; what was not sent is empty."""

    subject: str
    return_to: str
    state: str

    @classmethod
    def checked(cls, told: Mapping[str, str], provider: OidcProvider, sign_out: SignOut) -> "SignOutRequest":
        """Raises OAuthError; nobody is redirected then."""
        client_id, return_to = told.get("client_id", ""), told.get(sign_out.return_parameter, "")
        subject = _subject(told["id_token_hint"], provider) if "id_token_hint" in told else ""
        if client_id not in ("", provider.client.client_id):
            raise OAuthError("invalid_request", "client_id is unknown")
        if return_to and not (subject or client_id):
            raise OAuthError("invalid_request", "id_token_hint or client_id has to say who asks")
        if return_to and return_to not in provider.client.signed_out_uris:
            raise OAuthError("invalid_request", f"{sign_out.return_parameter} is not registered")
        return cls(subject, return_to, told.get("state", ""))


def end_session(sign_out: SignOut, provider: OidcProvider, request: Request) -> Response:
    """Whoever comes with an id_token of the session is signed out; others are asked first, as the standard wants it."""
    is_form = request.method == "POST"
    told = request.form if is_form else request.query
    asked = SignOutRequest.checked(told, provider, sign_out)
    has_agreed = is_form and told.get("decision") == "sign_out"
    person = provider.sessions.person(request)
    if person is None or has_agreed or asked.subject == provider.subject(person):
        return _signed_out(provider, request, asked)
    return _question(provider, sign_out, person, told)


def _subject(id_token: str, provider: OidcProvider) -> str:
    """Of a token of ours, however old."""
    try:
        told = jwt.decode(id_token, provider.keys.current, algorithms=[provider.keys.algorithm])
        return str(told.claims["sub"])
    except (JoseError, ValueError, KeyError):
        raise OAuthError("invalid_request", "id_token_hint is not one of ours") from None


def _question(provider: OidcProvider, sign_out: SignOut, person: Person, told: Mapping[str, str]) -> Response:
    kept = ("id_token_hint", "client_id", sign_out.return_parameter, "state")
    return page(
        "sign_out.html",
        colour=provider.profile.colour,
        name_th=provider.profile.name[0],
        name_en=provider.profile.name[1],
        person_th=escape(person.name_th),
        person_en=escape(person.name_en),
        path=sign_out.path,
        told="\n".join(
            f'<input type="hidden" name="{name}" value="{escape(told[name])}">' for name in kept if name in told
        ),
    )


def _signed_out(provider: OidcProvider, request: Request, asked: SignOutRequest) -> Response:
    if asked.return_to:
        answer = redirect(asked.return_to, **({"state": asked.state} if asked.state else {}))
    else:
        name_th, name_en = provider.profile.name
        answer = page("signed_out.html", colour=provider.profile.colour, name_th=name_th, name_en=name_en)
    return replace(answer, headers={**answer.headers, **provider.sessions.end(request)})
