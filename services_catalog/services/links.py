"""The weekly look at the addresses in the catalogue."""

from django.utils import timezone

from services_catalog.links import failures_of, urls_of
from services_catalog.models import Agency, LinkCheck, Service

_BATCH = 500


def links_check() -> int:
    """Calls the addresses that citizens see and keeps how each answered; returns how many did not.

    What is no longer in the catalogue is forgotten.
    """
    published = Service.objects.published().defer("search_text", "search_words", "search_vector")
    urls = {url for service in published.iterator(_BATCH) for url in urls_of(service)}
    urls |= set(Agency.objects.exclude(contact_url="").values_list("contact_url", flat=True))
    now = timezone.now()
    checks = [LinkCheck(url=url, failure=failure, checked_at=now) for url, failure in failures_of(urls)]
    LinkCheck.objects.bulk_create(
        checks,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["url"],
        update_fields=["failure", "checked_at"],
    )
    LinkCheck.objects.exclude(checked_at=now).delete()
    return sum(bool(one.failure) for one in checks)
