"""Whether sending something again may leave two of it at the agency."""

from citizens.service_requests.models import Errand, ServiceRequest
from services_catalog.chosen_adapter import adapter_of
from services_catalog.languages import Text
from services_catalog.models import Service


def may_double(service_request: ServiceRequest, service: Service) -> bool:
    """True where it may have arrived and the agency's adapter can neither find out nor send it twice without harm."""
    if not service_request.outcome_unknown or service_request.errand == Errand.CANCELLATION:
        return False
    adapter = adapter_of(service)
    if isinstance(adapter, Text):
        return True
    if adapter.honours_idempotency_key:
        return False
    # A look-up tells whether the agency has a submission; of an answer it tells nothing.
    return not (adapter.can_look_up and service_request.errand == Errand.SUBMISSION)
