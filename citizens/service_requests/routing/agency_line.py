"""How a lane reaches its agency: the adapter with its options, the secret, the time a call may take."""

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import structlog
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from services_catalog.adapters.base import Adapter
from services_catalog.adapters.registry import UnknownAdapter, registry
from services_catalog.adapters.types import CallSettings
from services_catalog.models import AgencyCredential, Lane, Service
from services_catalog.prepared import PreparedQuery
from services_catalog.services.credentials import outgoing_secret

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """What the threads that call an agency need; nothing of it leads back to the database (architecture, rule 4)."""

    adapter: Adapter
    secret: str
    deadline: timedelta

    def call_settings(self, request_id: str, *, deadline: timedelta | None = None) -> CallSettings:
        """Of a call for the request that came with this trace id; `deadline` where it is not the line's own."""
        return CallSettings(outgoing_secret=self.secret, deadline=deadline or self.deadline, request_id=request_id)


def agency_line(lane: Lane, *, longest_call: timedelta = timedelta.max) -> AgencyLine | None:
    """None, with a line in the log, where the adapter does not take its options. A call takes the lane's deadline at
    most, and no longer than `longest_call`.
    """
    now = timezone.now()
    service = _service.get(lane.pk, now)
    try:
        adapter = _adapter(service.adapter, json.dumps(service.adapter_options, sort_keys=True))
    except (UnknownAdapter, ValidationError) as error:
        logger.error("adapter_misconfigured", service=service.code, error=type(error).__name__)
        return None
    secret = outgoing_secret(_credential.first(lane.pk, now))
    return AgencyLine(adapter, secret, min(lane.call_deadline, longest_call))


# A lane's id is that of its service.
_service = PreparedQuery[Service](
    lambda lane_id, now: Service.objects.only("code", "adapter", "adapter_options").filter(pk=lane_id)
)
_credential = PreparedQuery[AgencyCredential](
    lambda lane_id, now: AgencyCredential.objects.filter(agency__services=lane_id)
)


@lru_cache(maxsize=1000)
def _adapter(name: str, options: str) -> Adapter:
    """Adapters hold nothing but their options, and checking these takes longer than a quick agency's answer."""
    return registry.build(name, json.loads(options))
