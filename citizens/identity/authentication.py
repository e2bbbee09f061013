"""Who calls the API: a bearer token of ours (RFC 6750)."""

from rest_framework.request import Request

from citizens.identity.counted_authentication import CountedAuthentication, bearer
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


class CitizenAuthentication(CountedAuthentication):
    """Turns `Authorization: Bearer …` into a SignedInCitizen without a database query.

    What it does look up, once, is whether the session has been revoked.
    """

    def recognise(self, request: Request) -> tuple[SignedInCitizen, str] | None:
        token = bearer(request)
        if token is None:
            return None
        try:
            citizen = access_token_check(token)
        except TokenRefused:
            raise _not_accepted() from None
        if is_revoked(citizen.session_id, citizen.provider):
            raise _not_accepted()
        return citizen, token

    def throttle_keys(self, request: Request) -> list[tuple[str, str]]:
        """A phone that goes on with a token that is over is told to wait before its neighbours are."""
        return [("wrong_token", bearer(request) or "")]


def _not_accepted() -> Problem:
    return Problem(TOKEN_NOT_ACCEPTED, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
