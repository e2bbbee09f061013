"""Who may read `/metrics`: whoever has the token, and nobody while there is none."""

import http.client
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from services_catalog.models import Officer
from superapp.operations.metrics.worker_port import serve_metrics
from tests.superapp.operations.metrics.conftest import TOKEN

WRONG = ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN, "Bearer ไทย"]


@pytest.mark.django_db
@pytest.mark.parametrize("header", WRONG)
def test_without_the_token_nothing_is_told_or_asked(client: Client, header: str) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = client.get("/metrics", HTTP_AUTHORIZATION=header)
    assert (response.status_code, response["Content-Type"]) == (401, "application/problem+json")
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert b"superapp_" not in response.content
    assert len(queries) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", f"Bearer {TOKEN}"])
def test_while_there_is_no_token_there_is_no_page(client: Client, settings: Settings, header: str) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", HTTP_AUTHORIZATION=header).status_code == 404


@pytest.mark.django_db
def test_an_operators_session_is_no_token(client: Client) -> None:
    client.force_login(Officer.objects.create(username="root", is_staff=True, is_superuser=True))
    assert client.get("/metrics").status_code == 401


@pytest.mark.django_db
def test_it_is_read_and_nothing_else(client: Client) -> None:
    assert client.post("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).status_code == 405


@pytest.fixture
def worker_port() -> Iterator[int]:
    server = serve_metrics(0)
    yield server.server_port
    server.shutdown()
    server.server_close()


def ask(port: int, method: str = "GET", path: str = "/metrics", header: str = f"Bearer {TOKEN}") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request(method, path, headers={"Authorization": header.encode()})
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


def test_a_worker_tells_of_itself_on_its_own_port(worker_port: int) -> None:
    status, text = ask(worker_port)
    assert status == 200
    assert "superapp_nudges_failed_total" in text
    assert "superapp_lane_" not in text, "the rows are told by the web"


@pytest.mark.parametrize("header", WRONG)
def test_a_worker_asks_for_the_token_too(worker_port: int, header: str) -> None:
    status, text = ask(worker_port, header=header)
    assert status == 401
    assert "superapp_" not in text


def test_a_worker_without_a_token_tells_nothing(worker_port: int, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert ask(worker_port, header="Bearer ")[0] == 401


def test_a_workers_port_has_one_page(worker_port: int) -> None:
    assert ask(worker_port, path="/")[0] == 404
    assert ask(worker_port, "POST")[0] == 405
