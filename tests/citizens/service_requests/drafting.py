"""Keeping and sending drafts as a phone does."""

from typing import Any

from rest_framework.test import APIClient

from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen
from tests.citizens.service_requests.submitting import submission
from tests.conftest import phone_with
from tests.factories import make_session

PATH = "/api/v1/request-drafts"


def keep(phone: APIClient, body: Any = None) -> Any:
    return phone.post(PATH, submission() if body is None else body)


def send(phone: APIClient, draft_id: object, *, key: str | None = "key-1", body: Any = None) -> Any:
    extra: Any = {} if key is None else {"HTTP_IDEMPOTENCY_KEY": key}
    return phone.post(f"{PATH}/{draft_id}/submit", {} if body is None else body, **extra)


def listed(phone: APIClient) -> list[str]:
    """The ids of the drafts that the phone shows."""
    return [draft["id"] for draft in phone.get(PATH).json()["results"]]


def signed_in_with(citizen: Citizen, *, ial: str, aal: str = "2.2") -> APIClient:
    """A phone of the citizen after a sign-in of that strength."""
    return phone_with(access_token_issue(make_session(citizen, ial=ial, aal=aal)))
