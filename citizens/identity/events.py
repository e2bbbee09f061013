"""What happened to a citizen's identity, written down for them in the transaction in which it happened."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import QuerySet

from citizens.identity.assurance import Assurance
from citizens.identity.devices import Device
from citizens.models import IdentityEvent

_NOBODY = Device()


def identity_event_write(
    citizen_id: UUID,
    kind: IdentityEvent.Kind,
    *,
    provider: str = "",
    assurance: Assurance | None = None,
    device: Device = _NOBODY,
    service_id: UUID | None = None,
    claims: Sequence[str] = (),
) -> IdentityEvent:
    """`claims` are names, never values."""
    return IdentityEvent.objects.create(
        citizen_id=citizen_id,
        kind=kind,
        provider=provider,
        ial=assurance.ial if assurance else None,
        aal=assurance.aal if assurance else None,
        device_name=device.name,
        network=device.network,
        service_id=service_id,
        claims=list(claims),
    )


def identity_events_of(citizen_id: UUID) -> QuerySet[IdentityEvent]:
    service = ("service__code", "service__name_th", "service__name_en")
    events = IdentityEvent.objects.filter(citizen_id=citizen_id).select_related("service")
    return events.only(*(field.attname for field in IdentityEvent._meta.concrete_fields), *service)
