"""Service tokens as phones ask for them and agencies redeem them."""

import json
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from rest_framework.test import APIClient

from services_catalog.models import Agency, Service
from services_catalog.services.publishing import service_publish, service_version_create
from tests.factories import ANSWERS, FORM, credentials_of, make_service
from tests.signatures import signature

TOKENS = "/api/v1/service-tokens"
CONSENTS = "/api/v1/me/consents"
REDEEM = "/api/agency/v1/service-tokens/redeem"


def publish_asking(service: Service, claims: Sequence[str]) -> Service:
    """A live version that asks for these claims."""
    version = service_version_create(service=service, form=FORM, example=ANSWERS, claims=claims)
    return service_publish(service=service, version=version)


def make_mini_app(agency: Agency, code: str = "dlt-app", claims: Sequence[str] = ("name_th", "national_id")) -> Service:
    """A service with an app of its own, which asks for these claims."""
    return publish_asking(make_service(agency, code, min_ial="2.1", min_aal="2.1"), claims)


def ask(phone: APIClient, service: str = "dlt-app", consent: Any = None, **body: Any) -> Any:
    if consent is not None:
        body["consent"] = consent
    return phone.post(TOKENS, {"service": service, **body})


def token_of(phone: APIClient, consent: Any = None, service: str = "dlt-app") -> str:
    answer = ask(phone, service, consent)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["token"])


def redeem(agency: Agency, token: object, **extra: str) -> Any:
    """One signed call of that agency; `extra` headers take the place of right ones."""
    secrets, message_id, timestamp = credentials_of(agency), uuid4().hex, int(time.time())
    body = json.dumps({"token": token}).encode()
    headers: dict[str, Any] = {
        "HTTP_AUTHORIZATION": f"Bearer {secrets.api_key}",
        "HTTP_WEBHOOK_ID": message_id,
        "HTTP_WEBHOOK_TIMESTAMP": str(timestamp),
        "HTTP_WEBHOOK_SIGNATURE": signature(secrets.callback_secret, message_id, timestamp, body),
    }
    return APIClient().post(REDEEM, body, content_type="application/json", **{**headers, **extra})
