"""Whatever a phone sends, the answer is a problem it understands, and nothing is written."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from services_catalog.models import Service
from services_catalog.schemas import MAX_PROBLEMS_TOLD
from tests.citizens.service_requests.submitting import NO_ROWS, PATH, assert_problem, rows, submission, submit
from tests.factories import ANSWERS

DEEPER_THAN_READ = 60


def with_data(data: str) -> bytes:
    """A submission whose data is this JSON text."""
    return b'{"service":"dlt-licence","version":1,"data":' + data.encode("utf-8", "surrogatepass") + b"}"


def nested(levels: int) -> str:
    return '{"licence":"car","x":' + "[" * levels + "]" * levels + "}"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json",
        b"\xff\xfe",
        b'{"service": "\xe0\xb8"}',
        with_data('{"licence": NaN}'),
        with_data('{"licence": Infinity}'),
        with_data('{"licence": -Infinity}'),
        with_data('{"copies": 1e999}'),
        with_data('{"copies": ' + "9" * 5000 + "}"),
        with_data('{"licence": "\\u0000"}'),
        with_data('{"\\u0000": "car"}'),
        with_data('{"licence": "\\ud800"}'),
        with_data('{"licence": "\ud800"}'),
        with_data(nested(DEEPER_THAN_READ)),
        with_data(nested(50_000)),
    ],
    ids=[
        "cut-off", "no-json", "no-utf-8", "half-a-letter", "nan", "infinity", "minus-infinity", "float-overflow",
        "huge-integer", "nul", "nul-in-name", "escaped-surrogate", "raw-surrogate", "deep", "very-deep",
    ],
)  # fmt: skip
def test_malformed_json(api: APIClient, service: Service, body: bytes) -> None:
    assert_problem(submit(api, body), 400, "malformed_request")
    assert rows() == NO_ROWS


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"true", b"null", b""])
def test_json_that_is_no_submission(api: APIClient, service: Service, body: bytes) -> None:
    assert_problem(submit(api, body), 422, "invalid_data")
    assert rows() == NO_ROWS


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"#/service", "#/version", "#/data"}),
        (submission(data=[]), {"#/data"}),
        (submission(data=None), {"#/data"}),
        (submission(data="car"), {"#/data"}),
        (submission(service="x" * 65), {"#/service"}),
        (submission(service=""), {"#/service"}),
        ({**submission(), "service": ["dlt-licence"]}, {"#/service"}),
        ({**submission(), "service": {"code": "dlt-licence"}}, {"#/service"}),
    ],
)
def test_submissions_of_the_wrong_shape(api: APIClient, service: Service, body: Any, pointers: set[str]) -> None:
    answer = assert_problem(submit(api, body), 422, "invalid_data")
    assert {error["pointer"] for error in answer["errors"]} == pointers
    assert rows() == NO_ROWS


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"licence": "SECRET"}, "#/data/licence", "enum"),
        ({"telephone": 77123}, "#/data/telephone", "type"),
        ({"national_id": "1234567890122"}, "#/data/national_id", "format"),
        ({"telephone": "SECRET"}, "#/data/telephone", "pattern"),
        ({"address": {}}, "#/data/address/province", "required"),
        ({"address": {"province": "S"}}, "#/data/address/province", "minLength"),
        ({"address": {"province": "SECRET" * 9}}, "#/data/address/province", "maxLength"),
        ({"address": {"province": "เลย", "a/b~c": "SECRET"}}, "#/data/address/a~1b~0c", "type"),
        ({"address": ["SECRET"]}, "#/data/address", "type"),
        ({"copies": 77123}, "#/data/copies", "maximum"),
        ({"copies": -77123}, "#/data/copies", "minimum"),
        ({"surplus": "SECRET"}, "#/data/surplus", "additionalProperties"),
    ],
)
def test_each_wrong_answer_has_a_pointer_and_sentences_and_never_the_value(
    api: APIClient, service: Service, change: dict[str, Any], pointer: str, code: str
) -> None:
    answer = submit(api, submission({**ANSWERS, **change}))

    (error,) = assert_problem(answer, 422, "invalid_data")["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert error["message"]["th"] != error["message"]["en"]
    assert error["message"]["th"].strip()
    assert error["message"]["en"].strip()
    assert not any(value in answer.content.decode() for value in ("SECRET", "77123", "1234567890122"))
    assert rows() == NO_ROWS


def test_all_wrong_answers_are_told_together(api: APIClient, service: Service) -> None:
    answer = submit(api, submission({"copies": 9, "telephone": "x", "address": {}}))
    errors = assert_problem(answer, 422, "invalid_data")["errors"]
    assert {error["pointer"] for error in errors} == {
        "#/data/licence",
        "#/data/copies",
        "#/data/telephone",
        "#/data/address/province",
    }


def test_the_list_of_wrong_answers_ends(api: APIClient, service: Service) -> None:
    surplus = {f"surplus_{number}": 1 for number in range(MAX_PROBLEMS_TOLD + 50)}
    answer = submit(api, submission({**ANSWERS, **surplus}))
    assert len(assert_problem(answer, 422, "invalid_data")["errors"]) == MAX_PROBLEMS_TOLD


def test_numbers_of_any_size_are_answered(api: APIClient, service: Service) -> None:
    answer = submit(api, with_data('{"licence": "car", "copies": ' + "9" * 4000 + "}"))
    (error,) = assert_problem(answer, 422, "invalid_data")["errors"]
    assert error["pointer"] == "#/data/copies"


@pytest.mark.parametrize(
    "query", ["cursor=%00", "cursor=%ff", "page_size=%00", "q=%C3%28"], ids=["nul", "no-utf-8", "nul-in-size", "half"]
)
def test_queries_that_hold_no_text(api: APIClient, query: str) -> None:
    assert_problem(api.get(f"{PATH}?{query}"), 400, "malformed_request")


@pytest.mark.parametrize("path", ["/api/v1/services/%00", "/api/v1/%00"])
def test_paths_that_hold_no_text(api: APIClient, path: str) -> None:
    assert_problem(api.get(path), 400, "malformed_request")


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/service-requests/1", "/api/v2/services", "/nothing"])
def test_addresses_that_do_not_exist(api: APIClient, path: str) -> None:
    assert_problem(api.get(path), 404, "not_found")


def test_methods_that_do_not_exist(api: APIClient) -> None:
    answer = api.delete(PATH)
    assert_problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_body_over_the_limit(api: APIClient, service: Service) -> None:
    for length in (256 * 1024 + 1, 3 * 1024 * 1024):
        body = json.dumps(submission({"licence": "x" * length})).encode()
        assert_problem(submit(api, body), 413, "body_too_large")
    assert rows() == NO_ROWS


def test_a_body_just_below_the_limit_is_read(api: APIClient, service: Service) -> None:
    body = json.dumps(submission({"licence": ""})).encode()
    filled = body.replace(b'""', b'"' + b"x" * (256 * 1024 - len(body)) + b'"')
    assert len(filled) == 256 * 1024
    assert_problem(submit(api, filled), 422, "invalid_data")


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "nonsense",
    ],
)
def test_other_media_types(api: APIClient, service: Service, media_type: str) -> None:
    body = json.dumps(submission()).encode()
    assert_problem(submit(api, body, content_type=media_type), 415, "unsupported_media_type")
    assert rows() == NO_ROWS


def test_whatever_a_phone_accepts_it_gets_json(api: APIClient, service: Service) -> None:
    assert submit(api, HTTP_ACCEPT="text/html").json()["status"] == "received"
    refused = submit(api, submission(service="unknown"), key="2", HTTP_ACCEPT="application/xml")
    assert_problem(refused, 404, "unknown_service")
