"""The check that the form editor asks for while somebody types."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from services_catalog.models import Officer

FORM = '{"type": "object", "properties": {"name": {"type": "string", "x-label": {"th": "ชื่อ", "en": "Name"}}}}'


@pytest.fixture
def address() -> str:
    return reverse("form-check")


def ask(client: Client, form: str, example: str = "") -> dict[str, Any]:
    answer = client.post(reverse("form-check"), {"form": form, "example": example})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_strangers_are_sent_to_the_sign_in(db: None, address: str, client: Client) -> None:
    answer = client.post(address, {"form": FORM})

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("admin:login"))


def test_a_citizens_token_opens_nothing(api: APIClient, address: str) -> None:
    answer = api.post(address, {"form": FORM}, format="multipart")

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("admin:login"))


def test_an_account_that_is_no_officer_is_sent_away(db: None, address: str, client: Client) -> None:
    client.force_login(Officer.objects.create(username="left", is_staff=False))

    assert client.post(address, {"form": FORM}).status_code == 302


def test_a_page_of_somebody_else_cannot_ask(db: None, address: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(Officer.objects.create(username="root", is_staff=True, is_superuser=True))

    assert client.post(address, {"form": FORM}).status_code == 403


def test_it_only_takes_posts(superuser: Client, address: str) -> None:
    assert superuser.get(address).status_code == 405


def test_an_officer_of_an_agency_gets_an_example_and_no_problems(agency_officer: Client) -> None:
    found = ask(agency_officer, FORM)

    assert found["problems"] == []
    assert json.loads(found["example"]) == {"name": "ตัวอย่าง"}


def test_a_problem_has_its_place_and_both_languages(superuser: Client) -> None:
    (problem,) = ask(superuser, '{"type": "object",\n "properties": {"name": {"type": "strng"}}}')["problems"]

    assert {name: problem[name] for name in ("part", "pointer", "code", "warning", "line")} == {
        "part": "form",
        "pointer": "/properties/name/type",
        "code": "schema",
        "warning": False,
        "line": 2,
    }
    assert problem["message"]["en"].startswith("There is no type “strng”")
    assert problem["message"]["th"].startswith("ไม่มีชนิด “strng”")


@pytest.mark.parametrize(
    "form",
    [
        *("", "{", "\0", "\ud83d", "[" * 100_000, '{"type":"object","allOf":[{"$ref":"#"}]}', "x" * 300_000),
        '{"type":"object","$ref":"https://example.com/"}',
        '{"type":"object","properties":{"a":{"pattern":"(?=a)"}}}',
        '{"type":"object","properties":{"__proto__":{"type":"string"}},"required":[1]}',
    ],
    ids=lambda form: form[:30].encode("ascii", "replace").decode(),
)
def test_no_text_breaks_it(superuser: Client, form: str) -> None:
    text = form.encode("utf-8", "surrogatepass").decode("utf-8", "replace")

    assert ask(superuser, text, text)["problems"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"form=%ff%fe&example=%00", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"\xff", "application/x-www-form-urlencoded; charset=utf-16"),
        (b"not multipart", "multipart/form-data; boundary=x"),
        (b"nothing", "multipart/form-data"),
        (b"{}", "application/json"),
        (b"&".join([b"a=1"] * 2000), "application/x-www-form-urlencoded"),
        (b"form=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
    ],
    ids=lambda given: str(given)[:40],
)
def test_no_bytes_break_it(superuser: Client, address: str, body: bytes, kind: str) -> None:
    answer = superuser.generic("POST", address, body, content_type=kind)

    assert answer.status_code in (200, 400, 413)
