"""Rows the tests start from, made by the services that make them in earnest."""

import secrets
from contextlib import suppress
from decimal import Decimal
from itertools import count
from typing import Any

from django.utils import timezone

from citizens.identity.assurance import Assurance
from citizens.identity.citizens import citizen_identify
from citizens.identity.holding import IdentityHeld
from citizens.identity.providers.base import VerifiedIdentity
from citizens.identity.providers.secret import secret_seal
from citizens.models import Citizen, HeldIdentity, IdentityProvider, Session
from citizens.service_requests.models import ServiceRequest
from citizens.service_requests.services import Asked, request_submit
from services_catalog.models import Agency, Service
from services_catalog.search import index_fields
from services_catalog.services.credentials import credential_set_primary
from services_catalog.services.publishing import service_publish, service_version_create
from superapp.sandbox.credentials import AgencyCredentials, agency_credentials, client_secret
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.journey.providers import provider_row
from superapp.sandbox.people import check_digit

SECRET = "what both ends of the tests derive their secrets from"

FORM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "licence": {"type": "string", "enum": ["car", "motorcycle"]},
        "national_id": {"type": "string", "format": "thai-national-id"},
        "telephone": {"type": "string", "pattern": "^0[0-9]{8,9}$"},
        "address": {
            "type": "object",
            "properties": {
                "province": {"type": "string", "minLength": 2, "maxLength": 40},
                "a/b~c": {"type": "integer"},
            },
            "required": ["province"],
            "additionalProperties": False,
        },
        "copies": {"type": "integer", "minimum": 1, "maximum": 5},
    },
    "required": ["licence"],
    "additionalProperties": False,
}
ANSWERS: dict[str, Any] = {"licence": "car", "address": {"province": "เชียงใหม่"}, "copies": 2}

_numbers = count(1)


def national_id() -> str:
    """A number with a right check digit that no other call gives."""
    first_twelve = f"1{secrets.randbelow(10**6):06d}{next(_numbers):05d}"
    return first_twelve + check_digit(first_twelve)


def verified_identity(
    number: str, *, provider: str = "thaid", subject: str = "", ial: str = "2.3", **claims: str
) -> VerifiedIdentity:
    return VerifiedIdentity(
        provider=provider,
        subject=subject or number,
        national_id=number,
        claims={"given_name_th": "ทดสอบ", "family_name_th": "ระบบดี"} | claims,
        assurance=Assurance(Decimal(ial), Decimal("2.2")),
    )


def make_citizen(number: str = "") -> Citizen:
    return citizen_identify(verified_identity(number or national_id()))


def make_held() -> HeldIdentity:
    """A second digital ID of a citizen, that has another given name."""
    number = national_id()
    citizen = citizen_identify(verified_identity(number))
    with suppress(IdentityHeld):
        citizen_identify(verified_identity(number, provider="moprom", given_name_th="คนอื่น"))
    return citizen.held.get()


def make_session(citizen: Citizen, *, ial: str = "2.3", aal: str = "2.2") -> Session:
    return Session.objects.create(
        citizen=citizen, provider="thaid", ial=Decimal(ial), aal=Decimal(aal), authenticated_at=timezone.now()
    )


def make_provider(url: str, code: str = "thaid", **changes: Any) -> IdentityProvider:
    """A digital ID that is on, by default the sandbox's ThaID at that address; a change names a field or an option."""
    fields = {**provider_row(ProviderCode.THAID, url), "code": code}
    options = {**fields["options"], **changes.pop("options", {})}
    return IdentityProvider.objects.update_or_create(
        code=code,
        defaults={
            **fields,
            "secret_encrypted": secret_seal(code, client_secret("thaid", secret=SECRET)),
            **changes,
            "options": options,
        },
    )[0]


def make_agency(code: str = "dlt") -> Agency:
    """An agency that signs with `credentials_of(agency)`."""
    agency = Agency.objects.create(code=code, name_th=f"กรม {code}", name_en=f"Department {code}", contact_phone="1584")
    secrets_of_it = credentials_of(agency)
    credential_set_primary(
        agency=agency,
        api_key=secrets_of_it.api_key,
        callback_secret=secrets_of_it.callback_secret,
        outgoing_secret=secrets_of_it.outgoing_secret,
    )
    return agency


def credentials_of(agency: Agency, *, generation: str = "") -> AgencyCredentials:
    """What the agency proves itself with; another `generation` gives other secrets."""
    return agency_credentials(agency.code, secret=SECRET + generation)


def make_draft_service(agency: Agency, code: str, **fields: Any) -> Service:
    service = Service(
        code=code,
        agency=agency,
        name_th=f"บริการทดสอบ {code}",
        name_en=f"Test service {code}",
        adapter="rest_json",
        adapter_options={"submit_url": f"http://127.0.0.1:9/{agency.code}/cases"},
        **fields,
    )
    index_fields(service)
    service.save()
    return service


def make_service(agency: Agency, code: str = "dlt-licence", **fields: Any) -> Service:
    """A published service with FORM as version 1."""
    service = make_draft_service(agency, code, **fields)
    return service_publish(service=service, version=service_version_create(service=service, form=FORM, example=ANSWERS))


def publish_next_version(service: Service) -> Service:
    """The same form with one more field, live at once."""
    form = {**FORM, "properties": {**FORM["properties"], f"extra_{service.versions.count()}": {"type": "string"}}}
    version = service_version_create(service=service, form=form, example=ANSWERS)
    return service_publish(service=service, version=version)


def make_request(citizen: Citizen, service: Service, data: dict[str, Any] | None = None) -> ServiceRequest:
    """A request as the API accepts it, with its first status event."""
    assert service.current_version is not None
    accepted = request_submit(
        citizen_id=citizen.pk,
        assurance=Assurance(Decimal("2.3"), Decimal("2.2")),
        idempotency_key=secrets.token_hex(8),
        asked=Asked(service.code, service.current_version.number, data or ANSWERS, send_again=True),
        request_id="",
    )
    return ServiceRequest.objects.get(pk=accepted.id)
