"""What most tests start from: a citizen with a token, an agency, and a service of it that is live."""

import secrets
import socket
from collections.abc import Callable, Iterator

import pgtrigger
import pytest
from django.db import connection
from pytest_django import Settings
from rest_framework.test import APIClient

from citizens.identity.tokens import access_token_issue
from citizens.models import Citizen
from services_catalog.adapters import http
from services_catalog.models import Agency, Service
from tests import factories

_CATALOGUE_TRIGGERS = [
    f"{model._meta.label}:{trigger.name}"
    for model, trigger in pgtrigger.registered()
    if trigger.name and trigger.name.startswith("catalogue_")
]


@pytest.fixture(autouse=True)
def catalogue_versions_at_once(request: pytest.FixtureRequest) -> None:
    """What gives the catalogue its versions waits for the commit, which most tests never come to."""
    if not request.node.get_closest_marker("django_db") and "db" not in request.fixturenames:
        return  # asking for the database would give it to tests that have no use for it
    request.getfixturevalue("_django_db_helper")
    if connection.in_atomic_block:
        pgtrigger.constraints(pgtrigger.Immediate, *_CATALOGUE_TRIGGERS)


@pytest.fixture(scope="session", autouse=True)
def _no_connection_is_kept_beyond_the_tests() -> Iterator[None]:
    yield
    http.close_idle_connections()


@pytest.fixture
def citizen(db: None) -> Citizen:
    return factories.make_citizen()


@pytest.fixture
def access_token(citizen: Citizen) -> str:
    return access_token_issue(factories.make_session(citizen))


@pytest.fixture
def api(access_token: str) -> APIClient:
    """The citizen's phone."""
    return phone_with(access_token)


@pytest.fixture
def stranger(db: None) -> APIClient:
    """The phone of another citizen."""
    return phone_with(access_token_issue(factories.make_session(factories.make_citizen())))


@pytest.fixture
def anonymous() -> APIClient:
    """A phone that nobody has signed in on."""
    return APIClient()


@pytest.fixture
def agency(db: None) -> Agency:
    return factories.make_agency()


@pytest.fixture
def service(agency: Agency) -> Service:
    return factories.make_service(agency)


@pytest.fixture
def limit_rate(settings: Settings) -> Callable[[str, str], None]:
    """limit_rate("submission", "2/minute") sets the limit of a scope."""

    def limit(scope: str, rate: str) -> None:
        settings.RATE_LIMITS = {**settings.RATE_LIMITS, scope: rate}

    return limit


@pytest.fixture
def address() -> str:
    """An address that no other test, and no earlier run, has called from."""
    return f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"


@pytest.fixture
def cache_down(settings: Settings) -> Iterator[None]:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        location = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
        settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": location}}
        yield


def phone_with(access_token: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {access_token}")
    return client
