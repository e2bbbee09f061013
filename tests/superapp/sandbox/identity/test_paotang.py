import pytest

from superapp.sandbox.server import Sandbox
from tests.superapp.sandbox.identity.client import PERSON, RelyingParty

MARRIED = "3100600445635"
PROFILE = "/v1/paotangid/get-customer-profile"


@pytest.fixture
def party(sandbox: Sandbox, platform_url: str, secret: str) -> RelyingParty:
    return RelyingParty(
        sandbox.urls["paotang"],
        "paotang",
        platform_url,
        secret,
        authorize_path="/oauth2/web/auth",
        token_path="/oauth2/token",
    )


def code(party: RelyingParty, person: str = PERSON) -> str:
    return party.code(person, scope="openid offline", acr="PIN", prompt="login")


def test_the_profile_says_who_it_is_and_no_level(party: RelyingParty) -> None:
    answer = party.token(code(party)).json()
    profile = party.get(PROFILE, answer["access_token"]).json()

    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)
    assert (profile["data"]["cid"], profile["data"]["title"]) == (PERSON, "นาย")
    names = {"thaiFirstName": "ทดสอบ", "thaiMiddleName": "", "thaiLastName": "ระบบดี"}
    assert profile["data"]["fullNameTh"] == names
    assert PERSON not in profile["sub"]
    assert "ial" not in str(profile).lower().replace("social", "")


def test_who_has_married_has_her_old_name_here(party: RelyingParty) -> None:
    token = party.token(code(party, MARRIED)).json()["access_token"]
    assert party.get(PROFILE, token).json()["data"]["fullNameTh"]["thaiLastName"] == "แก้วใส"


def test_a_person_without_an_account_is_no_choice(party: RelyingParty) -> None:
    page = party.authorize(scope="openid")
    assert "สุดา" not in page.body.decode()
    assert party.consent(page, person="1101700234568").status == 400


def test_used_codes_wrong_secrets_and_made_up_tokens_are_refused(party: RelyingParty) -> None:
    once = code(party)
    assert party.token(once, client_secret="wrong").json()["error"] == "invalid_client"
    assert party.token(once).status == 200
    again = party.token(once)
    assert (again.status, again.json()["error"]) == (400, "invalid_grant")
    assert party.get(PROFILE, "made up").status == 401
