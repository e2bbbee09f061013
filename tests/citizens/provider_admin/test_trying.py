"""Trying a digital ID: that it is there and knows us, or what is wrong, in words of both languages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from citizens.admin.provider_trying import failure_in_words
from citizens.identity.providers.secret import secret_seal
from citizens.models import IdentityProvider
from services_catalog.adapters import http
from superapp.sandbox.client import exchange
from superapp.sandbox.credentials import client_secret
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.failures import Failure
from superapp.sandbox.listener import HangUp, Response, json_response
from superapp.sandbox.server import Sandbox
from tests.citizens.provider_admin.conftest import Pages, make_sandbox_row
from tests.counterparts import http_server, unused_port
from tests.factories import SECRET

# Calls are made outside a transaction.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("known_address")]

THAID, MOPROM, PAOTANG, NDID = ProviderCode.THAID, ProviderCode.MOPROM, ProviderCode.PAOTANG, ProviderCode.NDID
_REFUSES_US = "It refuses us. Check the client id, the secret and how we prove who we are."
_BROKEN = "It answers with the HTTP status 503: it is broken. Try again later."


def assert_told(pages: Pages, row: IdentityProvider, english: str) -> None:
    """Word for word in English, and in Thai with Thai letters; with no secret in either."""
    assert pages.try_it(row) == f"{row.code}: {english}"
    thai = pages.try_it(row, "th")
    assert thai.startswith(f"{row.code}: ")
    assert any("ก" <= letter <= "๛" for letter in thai)
    assert english not in thai
    assert client_secret(row.code, secret=SECRET) not in thai


@pytest.fixture
def failing(sandbox: Sandbox) -> Iterator[Any]:
    """failing("ndid", Failure.SLOW) has that server of the sandbox fail until the test ends."""
    switched: list[str] = []

    def switch(provider: ProviderCode, failure: Failure) -> None:
        switched.append(f"{sandbox.urls[provider]}/switches")
        exchange("POST", switched[-1], body=json.dumps({"failure": failure, "seconds": 2}).encode())

    yield switch
    for address in switched:
        exchange("POST", address, body=b"{}")


@pytest.mark.parametrize("provider", ProviderCode)
def test_each_of_the_sandboxs_digital_ids_knows_us(pages: Pages, sandbox: Sandbox, provider: ProviderCode) -> None:
    row = make_sandbox_row(provider, sandbox.urls[provider])
    assert_told(pages, row, "It is there and knows us.")


@pytest.mark.parametrize("provider", ProviderCode)
def test_one_that_is_down_is_told(pages: Pages, sandbox: Sandbox, failing: Any, provider: ProviderCode) -> None:
    row = make_sandbox_row(provider, sandbox.urls[provider])
    failing(provider, Failure.DOWN)
    assert_told(pages, row, _BROKEN)


def test_one_that_is_slow_is_told(pages: Pages, sandbox: Sandbox, failing: Any) -> None:
    row = make_sandbox_row(NDID, sandbox.urls[NDID])
    row.options["call_timeout"] = 1
    row.save()
    failing(NDID, Failure.SLOW)
    assert_told(pages, row, "It did not answer in time.")


@pytest.mark.parametrize("provider", ProviderCode)
def test_one_that_does_not_take_our_secret_is_told(pages: Pages, sandbox: Sandbox, provider: ProviderCode) -> None:
    row = make_sandbox_row(provider, sandbox.urls[provider])
    row.secret_encrypted = secret_seal(provider, "another secret")
    row.save()
    assert_told(pages, row, _REFUSES_US)


@pytest.mark.parametrize(
    ("answer", "english"),
    [
        (json_response(200, {"access_token": "x"}), "It takes a code that nobody has issued. Do not switch it on."),
        (Response(200, b"<html>Welcome</html>"), "It answers, but not as the protocol says. Check the addresses."),
        (json_response(400, {"error": "unauthorized_client"}), _REFUSES_US),
        (Response(401), _REFUSES_US),
        (json_response(400, {"error": "server_error"}), "It says that it is broken. Try again later."),
        (
            json_response(400, {"error": "temporarily_unavailable"}),
            "It says that it is not available now. Try again later.",
        ),
        (Response(404), "It answers with the HTTP status 404. Check the addresses."),
        (Response(302, headers={"Location": "/"}), "It answers with the HTTP status 302. Check the addresses."),
        (Response(503), _BROKEN),
        (HangUp.RESET, "It broke the connection off."),
        (Response(200, b" " * 1024 * 1024 + b"{}"), "Its answer is too large."),
    ],
)
def test_what_the_token_address_answers_is_told(pages: Pages, answer: Response | HangUp, english: str) -> None:
    with http_server(lambda _request: answer) as theirs:
        assert_told(pages, make_sandbox_row(PAOTANG, theirs.url), english)
    http.close_idle_connections()


def test_one_that_refuses_a_code_inside_a_200_knows_us(pages: Pages) -> None:
    """Mor Prom has an envelope whose `success` says so."""
    with http_server(json_response(200, {"status": "error", "message": "Code is invalid"})) as theirs:
        assert_told(pages, make_sandbox_row(MOPROM, theirs.url), "It is there and knows us.")
    http.close_idle_connections()


@pytest.mark.parametrize("keys", [json_response(200, {"keys": "none"}), json_response(200, {"keys": [{"kty": "?"}]})])
def test_what_are_no_keys_is_told(pages: Pages, keys: Response) -> None:
    with http_server(keys) as theirs:
        row = make_sandbox_row(THAID, theirs.url)
        assert_told(pages, row, "What is at the address of its keys is not a set of keys.")
    http.close_idle_connections()


@pytest.mark.parametrize(
    ("option", "value", "english"),
    [
        (
            "token_url",
            "http://169.254.169.254/token",
            "An address is not one that may be called: see EGRESS_HOSTS, or what network it leads into.",
        ),
        ("extra_headers", {"No name": "2"}, "An address, a header or a parameter cannot be sent. Check the options."),
        ("client_id", None, "Its options are not complete, or its secret cannot be read. Save them anew."),
    ],
)
def test_what_cannot_be_called_at_all_is_told(pages: Pages, option: str, value: Any, english: str) -> None:
    with http_server(Response(400)) as theirs:
        row = make_sandbox_row(MOPROM, theirs.url)
        row.options[option] = value
        row.save()
        assert_told(pages, row, english)
        assert theirs.arrived == []
    http.close_idle_connections()


@pytest.mark.parametrize("provider", ProviderCode)
def test_an_address_where_nobody_listens_is_told(pages: Pages, provider: ProviderCode) -> None:
    with unused_port() as port:
        row = make_sandbox_row(provider, f"http://127.0.0.1:{port}")
        assert_told(pages, row, "Nothing answers there. Check the addresses and the network.")


@pytest.mark.parametrize(
    ("answer", "english"),
    [
        (json_response(400, {"error": {"code": 20005}}), "The node refuses it with its error 20005."),
        (json_response(400, {"error": {"code": 20092}}), _REFUSES_US),
        (Response(401), _REFUSES_US),
        (Response(403, b"<html>"), _REFUSES_US),
        (json_response(500, {"error": {"code": 10007}}), "The node refuses it with its error 10007."),
        (Response(404), "It answers with the HTTP status 404. Check the addresses."),
        (Response(200, b"<html>"), "It answers, but not as the protocol says. Check the addresses."),
        (json_response(200, {}), "It answers, but not as the protocol says. Check the addresses."),
    ],
)
def test_what_the_node_answers_is_told(pages: Pages, answer: Response, english: str) -> None:
    with http_server(answer) as node:
        assert_told(pages, make_sandbox_row(NDID, node.url), english)
    http.close_idle_connections()


def test_every_failure_has_words() -> None:
    """But for the two that are not the digital ID's: they are kept nowhere, and trying one goes past them."""
    root = Path(settings.BASE_DIR)
    sources = [*root.glob("citizens/identity/providers/*.py"), root / "services_catalog/adapters/http.py"]
    raised = re.compile(r'(?:ProviderFailed|NodeNotReached|NodeSilent|NotSent|MaybeSent)\("(\w+)"\)')
    codes = {code for source in sources for code in raised.findall(source.read_text(encoding="utf-8"))}
    assert len(codes) > 10
    assert {code for code in codes if code in failure_in_words(code)} == {"breaker_open", "too_many_calls"}
