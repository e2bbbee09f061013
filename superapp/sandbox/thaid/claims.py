"""The scopes of ThaID, each of which is also the name of a claim, except `openid`."""

from collections.abc import Callable, Collection

from superapp.sandbox.people import Person

OPENID = "openid"

_CLAIMS: dict[str, Callable[[Person], str]] = {
    "pid": lambda person: person.number,
    "name": lambda person: person.name_th,
    "name_en": lambda person: person.name_en,
    "title": lambda person: person.th.title,
    "title_en": lambda person: person.en.title,
    "given_name": lambda person: person.th.given,
    "middle_name": lambda _: "",
    "family_name": lambda person: person.th.family,
    "given_name_en": lambda person: person.en.given,
    "middle_name_en": lambda _: "",
    "family_name_en": lambda person: person.en.family,
    "birthdate": lambda person: person.birthdate.isoformat(),
    "gender": lambda person: person.gender,
    "address": lambda person: person.address,
    "ial": lambda person: person.ial,
    "smartcard_code": lambda person: f"1009-{person.number[1:3]}-{person.number[3:11]}",
    "date_of_issuance": lambda _: "2023-06-01",
    "date_of_expiry": lambda _: "2032-05-31",
}

SCOPES = (OPENID, *_CLAIMS)


def claims_of(person: Person, scopes: Collection[str]) -> dict[str, str]:
    return {name: claim(person) for name, claim in _CLAIMS.items() if name in scopes}
