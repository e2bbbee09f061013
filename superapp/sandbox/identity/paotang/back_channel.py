from superapp.sandbox.identity.back_channel import NO_STORE, bearer, redeemed
from superapp.sandbox.identity.errors import OAuthError
from superapp.sandbox.identity.provider import Provider
from superapp.sandbox.listener import Request, Response, json_response
from superapp.sandbox.people import Person

TOKEN_SECONDS = 60 * 60


def token(provider: Provider, request: Request) -> Response:
    form = request.form
    if not provider.client.is_authenticated_by_form(form):
        raise OAuthError("invalid_client", "client authentication failed", status=401)
    grant = redeemed(provider, form, lambda description: OAuthError("invalid_grant", description))
    answer = {
        "access_token": provider.tokens.keep(grant),
        "expires_in": TOKEN_SECONDS,
        "scope": grant.request.scope,
        "token_type": "bearer",
    }
    return json_response(200, answer, NO_STORE)


def customer_profile(provider: Provider, request: Request) -> Response:
    """No level is said, and more than anybody needs to sign in."""
    grant = bearer(provider, request)
    if grant is None:
        return json_response(401, {"code": "401", "message": "Unauthorized"})
    sub = provider.subject(grant.person)
    return json_response(200, {"code": "0000", "message": "Success", "sub": sub, "data": _data(grant.person)}, NO_STORE)


def _data(person: Person) -> dict[str, object]:
    return {
        "cid": person.number,
        "title": person.th.title,
        "fullNameTh": {"thaiFirstName": person.th.given, "thaiMiddleName": "", "thaiLastName": person.th.family},
        "fullNameEn": {"engFirstName": person.en.given, "engLastName": person.en.family},
        "gender": person.gender,
        "birthDate": person.birthdate.isoformat(),
        "mobileNo": "0812345678",
        "email": "",
        "idCardDetails": {"dateOfIssue": "2023-06-01", "dateOfExpiry": "2032-05-31", "placeOfIssue": ""},
        "legalAddress": {
            "address": person.address,
            "subDistrict": "",
            "district": "",
            "stateProv": "",
            "postalCode": "",
        },
        "mailingAddress": {},
        "officeAddress": {},
        "workProfile": {"occupationCode": "01", "salaryValue": "15000"},
    }
