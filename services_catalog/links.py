"""The web addresses that a service tells citizens, and whether they answer."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

from django.utils.encoding import iri_to_uri

from services_catalog.adapters import http
from services_catalog.manual import LISTS, rows_in
from services_catalog.models.content import ServiceContent

_DEADLINE = timedelta(seconds=5)
_CALLS_AT_ONCE = 8
# A page that wants to know who asks is there.
_THERE = {401, 403, 405, 429}
# What says nothing about the page: we may not call it, or it has more to say than we listen to.
_NOT_DEAD = {"address_refused", "answer_too_large"}


def urls_of(row: ServiceContent) -> Iterator[str]:
    """All addresses in a service or a draft."""
    if row.privacy_url:
        yield row.privacy_url
    for name in LISTS:
        for entry in rows_in(getattr(row, name)):
            if entry.get("url"):
                yield str(entry["url"])


def failures_of(urls: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Calls each address once: (address, why it failed or ""). Threads do it, and none touches the database."""
    distinct = sorted(set(urls))
    with ThreadPoolExecutor(_CALLS_AT_ONCE) as threads:
        yield from zip(distinct, threads.map(failure_of, distinct), strict=True)


def failure_of(url: str) -> str:
    """Empty where somebody answers below 400; redirects count as an answer."""
    try:
        status = http.call("GET", _ascii(url), deadline=_DEADLINE, headers={"Accept": "*/*"}).status
    except (http.NotSent, http.MaybeSent) as error:
        return "" if error.code in _NOT_DEAD else error.code
    return "" if status < 400 or status in _THERE else f"http_{status}"


def _ascii(url: str) -> str:
    """The address as it goes over the wire: Thai host names in IDNA, Thai paths in percent signs."""
    host = urlsplit(url).netloc
    try:
        return iri_to_uri(url.replace(host, host.encode("idna").decode(), 1))
    except UnicodeError:
        return iri_to_uri(url)
