"""Writing agencies."""

from django.db import transaction

from services_catalog.models import Agency, Service
from services_catalog.search import index_fields


@transaction.atomic
def agency_save(agency: Agency) -> None:
    """Saves it, and what the search reads of its services: they are found by the names of their agency."""
    agency.save()
    services = list(Service.objects.filter(agency=agency))
    for service in services:
        service.agency = agency
        index_fields(service)
    Service.objects.bulk_update(services, ["search_text", "search_words"], batch_size=500)
