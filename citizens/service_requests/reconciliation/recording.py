"""Writing down what an agency told: news that we missed is applied, all else that differs is kept for a human."""

import re
from collections.abc import Sequence
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from uuid_utils.compat import uuid7

from citizens.service_requests.agency_news import (
    REPORTABLE,
    AgencyStatus,
    request_apply_agency_status,
    settle_difference,
)
from citizens.service_requests.lifecycle import TRANSITIONS, lock_requests
from citizens.service_requests.models import Difference, ServiceRequest, Status
from citizens.service_requests.reconciliation.asking import Told, Unanswered
from services_catalog.adapters.types import Receipt

# An agency's own word for a status may be anything; what officers read is ASCII and Thai.
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\u0e01-\u0e5b]")


class Finding(StrEnum):
    """What came of one comparison."""

    AGREED = "agreed"
    # The agency was further than we knew: we had missed its status event.
    CAUGHT_UP = "caught_up"
    MISSING = "missing_at_agency"
    DIFFERS = "status_differs"
    UNANSWERED = "unanswered"
    # Its status changed while we asked: the answer may be older than what we know.
    OVERTAKEN = "overtaken"


def compare(ours: Status, theirs: Receipt | None) -> Finding:
    """How an agency's answer stands to our status. A receipt without a status says only that it has the request."""
    if theirs is None:
        return Finding.MISSING
    if theirs.status in ("", ours) or (ours == Status.DELIVERED and theirs.status == Status.RECEIVED):
        return Finding.AGREED
    if theirs.status in REPORTABLE and Status(theirs.status) in TRANSITIONS[ours]:
        return Finding.CAUGHT_UP
    return Finding.DIFFERS


@transaction.atomic
def record_told(told: Sequence[Told]) -> list[Finding]:
    """One finding for each of what one agency told."""
    requests = lock_requests(one.asked.request_id for one in told)
    findings = [_settle(requests.get(one.asked.request_id), one) for one in told]
    # Also where the agency could not say, or what it fails at would be asked again and again, and nothing else.
    ServiceRequest.objects.filter(pk__in=requests).update(reconciled_at=timezone.now())
    return findings


def _settle(service_request: ServiceRequest | None, told: Told) -> Finding:
    if service_request is None or service_request.event_count != told.asked.event_count:
        return Finding.OVERTAKEN
    if isinstance(told.answer, Unanswered):
        return Finding.UNANSWERED
    finding = compare(Status(service_request.status), told.answer)
    match finding:
        case Finding.AGREED:
            ServiceRequest.objects.filter(pk=service_request.pk).update(agency_heard_at=timezone.now())
            settle_difference(service_request.pk)
        case Finding.CAUGHT_UP if told.answer:
            _apply(service_request, told.answer)
        case _:
            _note_difference(service_request, finding, told.answer)
    return finding


def _apply(service_request: ServiceRequest, receipt: Receipt) -> None:
    """As if the agency had pushed it and not said when. The id says what was applied, so that two who compare at once
    apply it once.
    """
    news = AgencyStatus(
        reference=service_request.pk,
        status=Status(receipt.status),
        occurred_at=None,
        agency_reference=receipt.agency_reference,
    )
    event_id = f"look-up:{service_request.pk}:{service_request.event_count}"
    request_apply_agency_status(agency=service_request.service.agency, event_id=event_id, news=news)


def _note_difference(service_request: ServiceRequest, finding: Finding, receipt: Receipt | None) -> None:
    """One open difference for each request, which says what was found last."""
    open_ones = Difference.objects.filter(service_request=service_request, settled_at__isnull=True)
    found = {
        "kind": Difference.Kind(finding),
        "ours": service_request.status,
        "theirs": _UNPRINTABLE.sub("?", receipt.status[:200]) if receipt else "",
    }
    if not open_ones.update(**found):
        Difference.objects.create(id=uuid7(), service_request=service_request, found_at=timezone.now(), **found)
