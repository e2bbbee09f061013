"""One turn of comparing, over all lanes or one."""

from collections import Counter

import structlog
from django.conf import settings

from citizens.service_requests.measuring import RECONCILED
from citizens.service_requests.reconciliation.asking import ask_all
from citizens.service_requests.reconciliation.charging import give_back
from citizens.service_requests.reconciliation.choosing import inquiries
from citizens.service_requests.reconciliation.recording import Finding, record_told

logger = structlog.get_logger(__name__)


def reconcile(*, service_code: str = "") -> Counter[Finding]:
    """Asks the agencies, applies what we had missed and notes what differs; how often each was found."""
    found: Counter[Finding] = Counter()
    asking = ask_all(
        list(inquiries(service_code=service_code)),
        at_once=settings.RECONCILIATION["agencies_at_once"],
        for_at_most=settings.RECONCILIATION["turn"],
    )
    for inquiry, told in asking:
        not_made = len(inquiry.asked) - len(told)
        if inquiry.charged_at and not_made:
            give_back(inquiry.lane_id, not_made, inquiry.charged_at)
        found.update(record_told(told))
    for finding, count in found.items():
        RECONCILED.labels(finding.value).inc(count)
    logger.info("reconciled", **{finding.value: found[finding] for finding in Finding})
    return found
