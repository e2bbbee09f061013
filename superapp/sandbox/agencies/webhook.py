"""The message an agency sends to the platform, signed as Standard Webhooks says (standardwebhooks.com)."""

import base64
import hmac
import json
import time
from datetime import UTC, datetime

from superapp.sandbox.agencies.outbox import Event
from superapp.sandbox.agencies.progress import STEP_BY_STATUS
from superapp.sandbox.credentials import AgencyCredentials


def body_of(event: Event) -> bytes:
    """The same bytes at every attempt."""
    step = STEP_BY_STATUS[event.status]
    happened_at = datetime.fromtimestamp(event.happened_at, UTC).isoformat(timespec="milliseconds")
    message = {
        "type": "service_request.status_changed",
        "timestamp": happened_at.replace("+00:00", "Z"),
        "data": {
            "reference": event.reference,
            "status": event.status,
            "agency_reference": event.agency_reference,
            "label": step.label.as_json(),
            "who_acts_next": step.who_acts_next,
            "milestone": step.milestone.as_json(),
        },
    }
    return json.dumps(message, ensure_ascii=False).encode()


def headers_of(event: Event, body: bytes, credentials: AgencyCredentials) -> dict[str, str]:
    timestamp = int(time.time())
    return {
        "Authorization": f"Bearer {credentials.api_key}",
        "Content-Type": "application/json",
        "X-Request-ID": event.request_id,
        "webhook-id": event.webhook_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(credentials.callback_secret, event.webhook_id, timestamp, body),
    }


def sign(callback_secret: str, webhook_id: str, timestamp: int, body: bytes) -> str:
    """Gives "v1,<base64>"; `callback_secret` is "whsec_<base64>", `timestamp` in Unix seconds."""
    key = base64.b64decode(callback_secret.removeprefix("whsec_"))
    digest = hmac.digest(key, f"{webhook_id}.{timestamp}.".encode() + body, "sha256")
    return f"v1,{base64.b64encode(digest).decode()}"
