"""Scopes of DGA Digital ID, and the claims that each brings."""

from collections.abc import Callable, Collection, Sequence

from superapp.sandbox.identity.authorization import OPENID
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.provider import Words
from superapp.sandbox.people import Person

_CLAIMS: dict[str, dict[str, Callable[[Person], object]]] = {
    "profile": {
        "preferred_username": lambda person: f"{person.en.given}.{person.en.family}".lower(),
        "given_name": lambda person: person.th.given,
        "family_name": lambda person: person.th.family,
        "middle_name": lambda _: "",
    },
    "citizen_id": {"citizen_id": lambda person: person.number, "citizen_id_verified": lambda _: True},
    "ial_level": {"ial_level": lambda person: person.levels[ProviderCode.DGA]},
    "email": {"email": lambda person: f"{person.en.given.lower()}@example.com", "email_verified": lambda _: False},
    "phone_number": {"phone_number": lambda _: "0812345678", "mobile_verified": lambda _: True},
}

SCOPES: dict[str, Sequence[Words]] = {
    OPENID: (),
    "user_id": (),
    "profile": (("ชื่อ–นามสกุล", "Name"),),
    "citizen_id": (("เลขประจำตัวประชาชน", "National number"),),
    "ial_level": (("ระดับการยืนยันตัวตน", "Assurance level"),),
    "email": (("อีเมล", "E-mail address"),),
    "phone_number": (("หมายเลขโทรศัพท์", "Phone number"),),
}


def claims_of(person: Person, subject: str, scopes: Collection[str]) -> dict[str, object]:
    found = {name: claim(person) for scope in scopes for name, claim in _CLAIMS.get(scope, {}).items()}
    return {"sub": subject, **({"user_id": subject} if "user_id" in scopes else {}), **found}
