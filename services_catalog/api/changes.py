"""The catalogue for phones that are offline: all of it, or what has changed."""

from datetime import datetime
from typing import Any

from services_catalog.models import CatalogueEntry, Service


def known_version(since: int | None, number: int) -> int | None:
    """`since` where it can be a version that we have given; None has the whole catalogue sent.

    Nothing is too old: of every service that ever was live it is known when it changed last.
    """
    return since if since and since <= number else None


def catalogue(number: int, since: int | None, now: datetime) -> dict[str, Any]:
    """What `CatalogueSerializer` shows, `number` being the version that was read before."""
    services = Service.objects.published().for_detail().with_running(now).order_by("code")
    withdrawn: list[str] = []
    if since is not None:
        changed = set(CatalogueEntry.objects.filter(version__gt=since).values_list("code", flat=True))
        services = services.filter(code__in=changed)
        withdrawn = sorted(changed - {service.code for service in services})
    return {"version": number, "complete": since is None, "services": services, "withdrawn": withdrawn}
