import base64
import json
from typing import Any

import pytest

from superapp.sandbox.server import Sandbox
from tests.superapp.sandbox.identity.client import PERSON, RelyingParty, landing

STATELESS = "0500789000127"


@pytest.fixture
def party(sandbox: Sandbox, platform_url: str, secret: str) -> RelyingParty:
    return RelyingParty(
        sandbox.urls["moprom"],
        "moprom",
        platform_url,
        secret,
        authorize_path="/oauth/redirect",
        token_path="/api/v1/token",
    )


def payload(token: str) -> Any:
    middle = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))


def test_the_token_comes_in_an_envelope_and_lasts_a_year(party: RelyingParty) -> None:
    answer = party.token(party.code()).json()

    assert (answer["status"], answer["message"]) == ("success", "You logged in successfully")
    data = answer["data"]
    assert (data["token_type"], data["expires_in"]) == ("Bearer", 31535998)
    said = payload(data["access_token"])
    assert said["exp"] - said["iat"] == 31535998
    assert said["scopes_detail"] == {
        "id_card": PERSON,
        "name_prefix": "นาย",
        "name": "ทดสอบ",
        "surname": "ระบบดี",
        "ial": 2.3,
    }
    assert PERSON not in data["account_id"]


def test_the_account_can_be_asked_for(party: RelyingParty) -> None:
    token = party.token(party.code(STATELESS)).json()["data"]["access_token"]

    assert party.get("/api/v1/accounts", token).json()["data"] == {
        "id_card_num": STATELESS,
        "account_title_th": "นางสาว",
        "first_name_th": "นาแส",
        "last_name_th": "ยอดดอย",
    }
    assert party.get("/api/v1/accounts", "made up").status == 401


def test_a_used_code_another_redirect_and_a_wrong_secret_are_refused(party: RelyingParty) -> None:
    code = party.code()
    assert party.token(code, client_secret="wrong").status == 401
    assert party.token(code).status == 200
    again = party.token(code)
    assert (again.status, again.json()["message"]) == (422, "Code is invalid")
    assert party.token(party.code(), redirect_uri="https://elsewhere.example/").status == 422
    assert party.authorize(redirect_uri="https://elsewhere.example/").status == 400


def test_people_of_hospitals_may_ask_for_their_scope_and_others_for_none(party: RelyingParty) -> None:
    assert party.authorize(scope="ProviderID", is_auth="yes").status == 200
    assert party.authorize().status == 200
    assert landing(party.authorize(scope="pid"))["error"] == "invalid_scope"
