"""What never reaches a log, whoever writes the line."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from rest_framework.test import APIClient
from uuid_utils.compat import uuid7

from citizens.identity.consent_requests.rows import callback_token
from superapp.logs.formatter import json_formatter, redact

NUMBER = "1234567890121"
Logged = Callable[[], list[dict[str, Any]]]


@contextmanager
def lines_of(logger: logging.Logger) -> Iterator[Logged]:
    """As the console would have them."""
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(json_formatter())
    logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in output.getvalue().splitlines()]
    logger.removeHandler(handler)


@pytest.fixture
def logged() -> Iterator[Logged]:
    """The lines of the logger `somebody`."""
    logger = logging.getLogger("somebody")
    logger.propagate = False
    with lines_of(logger) as lines:
        yield lines


@pytest.mark.parametrize("spelling", [NUMBER, "1-2345-67890-12-1", "1 2345 67890 12 1"])
def test_a_national_id_is_hidden_however_it_is_spelt(logged: Logged, spelling: str) -> None:
    logging.getLogger("somebody").warning("Not Found: /people/%s", spelling)
    structlog.get_logger("somebody").warning("refused", value=spelling, nested={"ids": [spelling]})
    assert [line["event"] for line in logged()] == ["Not Found: /people/[13 digits]", "refused"]
    assert (logged()[1]["value"], logged()[1]["nested"]) == ("[13 digits]", {"ids": ["[13 digits]"]})


def test_an_exception_keeps_its_trace_and_loses_what_it_repeats(logged: Logged) -> None:
    try:
        raise ValueError(f"no such person: {NUMBER} at https://a.go.th/callback?code=once-only&state=x")
    except ValueError:
        logging.getLogger("somebody").exception("failed")
    [line] = logged()
    assert "ValueError: no such person: [13 digits] at https://a.go.th/callback?[query]" in line["exception"]
    assert "test_redaction.py" in line["exception"]


@pytest.mark.django_db
def test_the_token_in_the_address_of_the_nodes_news_is_hidden(anonymous: APIClient) -> None:
    token, callback = callback_token(uuid7()), "/api/v1/auth/consent-requests/callback"
    with lines_of(logging.getLogger()) as lines:
        assert anonymous.post(f"{callback}/{token}").status_code == 404
    written = str(lines())
    assert f"{callback}/[token]" in written
    assert token not in written


def test_ids_and_times_of_ours_stay() -> None:
    for text in [str(uuid7()), "2026-11-22T21:17:18.123456Z", "12345678901234", "Is it? Yes.", "2569-000123"]:
        assert redact(text) == text


def test_every_line_says_when_who_and_how_bad(logged: Logged) -> None:
    with structlog.contextvars.bound_contextvars(request_id="abcd-1234"):
        logging.getLogger("somebody").error("ก")
    [line] = logged()
    assert (line["event"], line["logger"], line["level"], line["request_id"]) == ("ก", "somebody", "error", "abcd-1234")
    assert line["timestamp"].endswith("Z")
