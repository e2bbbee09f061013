"""From a provider's words to ours, by the claim map of its row. What the map does not name is dropped here."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from citizens.identity.assurance import LOWEST_AAL, LOWEST_IAL, level
from citizens.identity.providers.base import IdentityNotProven, Levels, VerifiedIdentity
from services_catalog.claims import CLAIMS
from services_catalog.national_id import is_national_id


def identity_of(
    provider: str,
    document: Mapping[str, Any],
    paths: Mapping[str, str],
    levels: Levels,
    provider_session: Mapping[str, str],
) -> VerifiedIdentity:
    """Who a verified answer is about.

    Raises IdentityNotProven without a citizen's number or a subject, and where the provider has to say that it has
    verified the number (`number_verified` in the map) and does not.
    """
    if "number_verified" in paths and str(value_at(document, paths["number_verified"])).lower() != "true":
        raise IdentityNotProven("number_not_verified")
    national_id = text_at(document, paths["national_id"])
    if not is_national_id(national_id):
        raise IdentityNotProven("no_valid_national_id")
    subject = text_at(document, paths["subject"])
    if not subject:
        raise IdentityNotProven("no_subject")
    return VerifiedIdentity(
        provider=provider,
        subject=subject,
        national_id=national_id,
        claims=_our_claims(document, paths),
        assurance=levels.of(
            _level_at(document, paths.get("ial"), LOWEST_IAL), _level_at(document, paths.get("aal"), LOWEST_AAL)
        ),
        provider_session=provider_session,
    )


def text_at(document: Mapping[str, Any], paths: str) -> str:
    """The values at these dotted paths, joined by spaces; empty where there are none."""
    return " ".join(filter(None, (_text(value_at(document, path)) for path in paths.split())))


def value_at(document: Mapping[str, Any], path: str) -> Any:
    """What is at `a.b.c`, None where there is no such thing."""
    found: Any = document
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _text(value: Any) -> str:
    """ThaID's address may be a text or an object with `formatted`."""
    if isinstance(value, Mapping):
        value = value.get("formatted")
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    # Half a surrogate pair is JSON and cannot be written down.
    return str(value).strip().encode(errors="replace").decode()


def _our_claims(document: Mapping[str, Any], paths: Mapping[str, str]) -> dict[str, str]:
    found = {name: text_at(document, paths[name]) for name in CLAIMS if name in paths and name != "national_id"}
    return {name: value for name, value in found.items() if value}


def _level_at(document: Mapping[str, Any], path: str | None, lowest: Decimal) -> Decimal | None:
    """None where the provider says nothing; what is said and is no level counts as the lowest."""
    value = value_at(document, path) if path else None
    return None if value is None else level(value) or lowest
