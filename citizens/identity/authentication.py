"""Who calls the API: a bearer token of ours (RFC 6750)."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from citizens.identity.problems import TOKEN_NOT_ACCEPTED
from citizens.identity.revocation import is_revoked
from citizens.identity.tokens import SignedInCitizen, TokenRefused, access_token_check
from services_catalog.problems import Problem


def signed_in_citizen(request: Request) -> SignedInCitizen:
    """The citizen that the permission IsCitizen has let through."""
    citizen: object = request.user
    if not isinstance(citizen, SignedInCitizen):
        raise TypeError("this view is not for citizens")
    return citizen


class CitizenAuthentication(BaseAuthentication):
    """Turns `Authorization: Bearer …` into a SignedInCitizen without a database query.

    What it does look up, once, is whether the session has been revoked.
    """

    def authenticate(self, request: Request) -> tuple[SignedInCitizen, str] | None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            citizen = access_token_check(token.strip())
        except TokenRefused:
            raise _not_accepted() from None
        if is_revoked(citizen.session_id, citizen.provider):
            raise _not_accepted()
        return citizen, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _not_accepted() -> Problem:
    return Problem(TOKEN_NOT_ACCEPTED, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
