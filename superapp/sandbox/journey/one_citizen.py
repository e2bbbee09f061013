"""One person with several digital IDs: as many phones, one citizen, one list of requests."""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import randbelow

from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.journey.phone import Phone
from superapp.sandbox.people import Person, check_digit, person_for


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a phone shows after signing in with a provider."""

    provider: ProviderCode
    citizen: str
    receipts: Sequence[str]


def somebody_new() -> Person:
    """A made-up person, whom all providers know and the platform does not."""
    first_twelve = f"19{randbelow(10**10):010d}"
    return person_for(first_twelve + check_digit(first_twelve))


def providers_on(phone: Phone) -> list[ProviderCode]:
    """Those of the sandbox's that citizens may choose now, in the platform's order."""
    return [
        ProviderCode(one["code"]) for one in phone.get("/api/v1/auth/providers") if one["code"] in list(ProviderCode)
    ]


def sign_in(phone: Phone, person: Person, provider: ProviderCode, *, bank_app: str) -> None:
    if provider is ProviderCode.NDID:
        phone.sign_in_at_bank(person.number, bank_app)
    else:
        phone.sign_in(person.number, provider)


def shown_by(phone: Phone, provider: ProviderCode) -> SignedIn:
    listed = phone.get("/api/v1/service-requests")["results"]
    return SignedIn(provider, phone.citizen, [one["receipt_number"] for one in listed])


def figures(shown: Sequence[SignedIn]) -> dict[str, int]:
    """Providers after which a phone showed the same list as after the first, and how many citizens they made."""
    first = shown[0].receipts
    return {
        "providers_signed_in": sum(one.receipts == first != [] for one in shown),
        "citizens_for_one_person": len({one.citizen for one in shown}),
    }
