import time

from joserfc import jwt

from superapp.sandbox.identity.back_channel import NO_STORE, bearer, redeemed
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.moprom.errors import MopromError
from superapp.sandbox.identity.provider import Grant, Provider
from superapp.sandbox.listener import Request, Response, json_response

TOKEN_SECONDS = 31_535_998


def token(provider: Provider, request: Request) -> Response:
    """The access token is a JWT that only Mor Prom can verify: no key is published."""
    form = request.form
    if not provider.client.is_authenticated_by_form(form):
        raise MopromError(401, "Authentication is required")
    grant = redeemed(provider, form, lambda _: MopromError(422, "Code is invalid"))
    access_token = jwt.encode({"alg": "HS256"}, _payload(provider, grant), provider.consent_key)
    provider.tokens.keep(grant, under=access_token)
    data: dict[str, object] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "account_id": provider.subject(grant.person),
    }
    return _enveloped(data, "You logged in successfully")


def accounts(provider: Provider, request: Request) -> Response:
    grant = bearer(provider, request)
    if grant is None:
        raise MopromError(401, "Authentication is required")
    person = grant.person
    data: dict[str, object] = {
        "id_card_num": person.number,
        "account_title_th": person.th.title,
        "first_name_th": person.th.given,
        "last_name_th": person.th.family,
    }
    return _enveloped(data, "OK")


def _payload(provider: Provider, grant: Grant) -> dict[str, object]:
    now, person = int(time.time()), grant.person
    detail: dict[str, object] = {
        "id_card": person.number,
        "name_prefix": person.th.title,
        "name": person.th.given,
        "surname": person.th.family,
        "ial": float(person.levels[ProviderCode.MOPROM]),
    }
    said = {"sub": provider.subject(person), "iat": now, "exp": now + TOKEN_SECONDS}
    return {**said, "scopes_detail": detail}


def _enveloped(data: dict[str, object], message: str) -> Response:
    return json_response(200, {"status": "success", "data": data, "message": message}, NO_STORE)
