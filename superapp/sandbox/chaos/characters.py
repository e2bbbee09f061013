"""The thirty services of chaos: what their agencies are like, and what the platform has been told of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings

from services_catalog.models import Agency, Lane, Service
from services_catalog.search import index_fields
from services_catalog.services.credentials import credential_set_primary
from services_catalog.services.publishing import service_publish, service_version_create
from superapp.sandbox.agencies.behaviours import AgencyKind
from superapp.sandbox.agencies.troublesome import TroublesomeKind
from superapp.sandbox.credentials import agency_credentials

# Short, so that what a crash left comes back soon: a lease lasts twice as long and half a minute.
_CALL_DEADLINE_SECONDS = 3
_FORM = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "additionalProperties": False,
    "required": ["note"],
    "properties": {"note": {"type": "string", "maxLength": 200, "x-label": {"th": "หมายเหตุ", "en": "Note"}}},
}


@dataclass(frozen=True, slots=True)
class Character:
    """`kind` None is an agency that nobody answers for; `share` is how many requests come, as a share of the usual.

    Whatever is slow by nature gets few: its lane has one slot.
    """

    name: str
    kind: StrEnum | None
    services: int
    looks_up: bool = True
    honours_key: bool = True
    share: float = 1.0


CHARACTERS = (
    Character("fast", AgencyKind.INSTANT, 4),
    Character("fast-key", AgencyKind.INSTANT, 3, looks_up=False),
    Character("slow", AgencyKind.SLOW, 2, share=0.2),
    Character("slow-key", AgencyKind.SLOW, 1, looks_up=False, share=0.2),
    Character("flaky", AgencyKind.FLAKY, 3, share=0.2),
    Character("flaky-key", AgencyKind.FLAKY, 2, looks_up=False, share=0.2),
    Character("down", AgencyKind.DOWN, 3),
    Character("losing", TroublesomeKind.OBLIVIOUS, 3, honours_key=False),
    # Its lane's breaker opens: it has no first call that ends well.
    Character("amnesiac", AgencyKind.AMNESIAC, 1, honours_key=False, share=0.2),
    Character("hanging", TroublesomeKind.HANGING, 2, share=0.2),
    Character("hanging-key", TroublesomeKind.HANGING, 2, looks_up=False, share=0.2),
    Character("refusing", AgencyKind.REFUSING, 2, share=0.5),
    Character("gone", None, 1, share=0.2),
    Character("neither", TroublesomeKind.OBLIVIOUS, 1, looks_up=False, honours_key=False),
)


@dataclass(frozen=True, slots=True)
class OpenService:
    """A published service, and how many requests it gets, relative to the others."""

    code: str
    share: float


def open_services(ports: Mapping[StrEnum | None, int], names: Sequence[str]) -> list[OpenService]:
    """Publishes the services of the named characters (empty: of all), each reached at the port of its kind."""
    return [
        OpenService(_open(character, number, ports[character.kind]), character.share)
        for character in CHARACTERS
        if not names or character.name in names
        for number in range(1, character.services + 1)
    ]


def _open(character: Character, number: int, port: int) -> str:
    code = f"{character.name}-{number}"
    agency = Agency.objects.create(code=code, name_th=f"กรม {code}", name_en=f"Department {code}")
    secrets = agency_credentials(code, secret=settings.SANDBOX_SECRET)
    credential_set_primary(
        agency=agency,
        api_key=secrets.api_key,
        callback_secret=secrets.callback_secret,
        outgoing_secret=secrets.outgoing_secret,
    )
    base = f"http://127.0.0.1:{port}/{code}"
    options = {"submit_url": f"{base}/cases", "honours_idempotency_key": character.honours_key}
    if character.looks_up:
        options["lookup_url"] = f"{base}/cases/{{reference}}"
    service = Service(code=code, agency=agency, name_th=f"บริการ {code}", adapter="rest_json", adapter_options=options)
    index_fields(service)
    service.save()
    service_publish(service=service, version=service_version_create(service=service, form=_FORM, example={"note": "x"}))
    Lane.objects.filter(pk=service.pk).update(call_deadline_seconds=_CALL_DEADLINE_SECONDS)
    return code
