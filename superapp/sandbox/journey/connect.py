"""Connecting a catalogue to the sandbox: forms, adapters, credentials, and the first services made live."""

from itertools import cycle

from django.conf import settings
from django.db.models import Case, IntegerField, Q, Value, When

from services_catalog.models import Agency, Service, ServiceVersion
from services_catalog.services.credentials import credential_set_primary
from services_catalog.services.publishing import service_publish, service_version_create
from superapp.sandbox.agencies.behaviours import AgencyKind
from superapp.sandbox.credentials import agency_credentials
from superapp.sandbox.journey.generated_forms import form_for
from superapp.sandbox.ports import agency_ports

_ADAPTER = "rest_json"
# What is in the national super-app already.
_LIVE_STATUSES = ["", "STA01"]


def connect(*, base_port: int) -> list[Service]:
    """Publishes as many services as the cap allows, each reached at a sandbox agency; returns them. Idempotent.

    The kinds of agency take turns in the order of the codes, so every kind gets its share.
    """
    chosen = _choose()
    for agency in Agency.objects.filter(services__in=chosen).distinct():
        secrets = agency_credentials(agency.code, secret=settings.SANDBOX_SECRET)
        credential_set_primary(
            agency=agency,
            api_key=secrets.api_key,
            callback_secret=secrets.callback_secret,
            outgoing_secret=secrets.outgoing_secret,
        )
    for service, kind in zip(sorted(chosen, key=lambda one: one.code), cycle(AgencyKind), strict=False):
        _connect_one(service, kind, base_port)
    return chosen


def _choose() -> list[Service]:
    """Services that are published first, then the driving licences people look for, then in order of code."""
    preferred = Case(
        When(publication=Service.Publication.PUBLISHED, then=Value(0)),
        When(Q(name_th__contains="ใบอนุญาตขับรถ"), then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    candidates = Service.objects.filter(source_status__in=_LIVE_STATUSES).select_related("agency", "current_version")
    return list(candidates.order_by(preferred, "code")[: settings.PUBLISHED_SERVICES_CAP])


def _connect_one(service: Service, kind: AgencyKind, base_port: int) -> None:
    options = _options(service.agency.code, kind, base_port)
    if (service.adapter, service.adapter_options) != (_ADAPTER, options):
        service.adapter, service.adapter_options = _ADAPTER, options
        service.save(update_fields=["adapter", "adapter_options", "updated_at"])
    version = _version(service)
    if service.publication != Service.Publication.PUBLISHED or service.current_version != version:
        service_publish(service=service, version=version)


def _options(agency_code: str, kind: AgencyKind, base_port: int) -> dict[str, object]:
    base = f"http://127.0.0.1:{agency_ports(base_port, AgencyKind)[kind]}/{agency_code}"
    return {
        "submit_url": f"{base}/cases",
        "lookup_url": f"{base}/cases/{{reference}}",
        "cancel_url": "" if kind is AgencyKind.AMNESIAC else f"{base}/cases/{{reference}}/cancellation",
        "response_url": f"{base}/cases/{{reference}}/responses",
        "health_url": f"{base}/health",
        "honours_idempotency_key": kind is not AgencyKind.AMNESIAC,
    }


def _version(service: Service) -> ServiceVersion:
    """The latest version; services of the national list get a generated form as their first one."""
    latest = service.versions.order_by("-number").first()
    if latest is not None:
        return latest
    form = form_for(service)
    return service_version_create(service=service, form=form.schema, example=form.example, claims=["name_th"])
