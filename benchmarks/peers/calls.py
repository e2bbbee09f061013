"""The call every peer makes: the client, the headers and the bytes of our own adapter."""

import json
from dataclasses import dataclass
from datetime import timedelta

from services_catalog.adapters import http

_DEADLINE = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Job:
    """One submission, as somebody keeps it who has no models of ours."""

    reference: str
    url: str
    secret: str
    body: str


def submit(job: Job) -> str:
    """Hands it to the agency; returns the status in the answer. Raises what the client raises."""
    headers = {
        "Authorization": f"Bearer {job.secret}",
        "X-Request-ID": job.reference,
        "Content-Type": "application/json",
        "Idempotency-Key": job.reference,
    }
    answer = http.call("POST", job.url, deadline=_DEADLINE, headers=headers, body=job.body.encode())
    if answer.status != 201:
        raise RuntimeError(f"the agency answered {answer.status}")
    status: str = json.loads(answer.body)["status"]
    return status
