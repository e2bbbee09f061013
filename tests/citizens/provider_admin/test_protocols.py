"""The form of each digital ID: what it takes and how it is kept, and what it refuses at which option."""

from typing import Any

import pytest
from pytest_django import Settings

from citizens.identity.providers.registry import built_from
from citizens.identity.providers.secret import secret_of
from citizens.models import IdentityProvider
from services_catalog.models import AuditEvent
from superapp.sandbox.identity.codes import ProviderCode
from tests.citizens.provider_admin.conftest import Pages, errors_of, make_sandbox_row

pytestmark = pytest.mark.django_db

THAID, MOPROM, PAOTANG, NDID = ProviderCode.THAID, ProviderCode.MOPROM, ProviderCode.PAOTANG, ProviderCode.NDID
_ADDRESS = "https://id.example"
_NO_URL = "Enter a valid URL."
_NEEDED = "This field is required."
_NO_NODE = "It has to be like http://ndid-node:8080/v6."
_NO_CHOICE = "is not a valid choice."


@pytest.mark.parametrize("provider", ProviderCode)
def test_a_form_sent_as_it_was_shown_changes_nothing(pages: Pages, provider: ProviderCode) -> None:
    row = make_sandbox_row(provider, _ADDRESS)
    before, events = IdentityProvider.objects.values().get(), AuditEvent.objects.count()
    assert pages.save(row).status_code == 302
    after = IdentityProvider.objects.values().get()
    assert {**after, "updated_at": None} == {**before, "updated_at": None}
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize(
    ("provider", "typed", "kept"),
    [
        (
            MOPROM,
            {
                "options-token_path": " data.token ",
                "options-success": "status: success\nMessageCode: 200",
                "options-client_authentication": "basic",
                "options-extra_headers": "X-Api-Version: 2",
            },
            {
                "token_path": "data.token",
                "success": {"status": "success", "MessageCode": "200"},
                "client_authentication": "basic",
                "extra_headers": {"X-Api-Version": "2"},
            },
        ),
        (
            PAOTANG,
            {
                "options-authorize_parameters": "acr: PIN",
                "options-repeats_state_and_scope": None,
                "options-pkce": "on",
                "options-profile_url": f"{_ADDRESS}/v2/profile",
                "options-scope": "",
            },
            {
                "authorize_parameters": {"acr": "PIN"},
                "repeats_state_and_scope": None,
                "pkce": True,
                "profile_url": f"{_ADDRESS}/v2/profile",
                "scope": None,
            },
        ),
        (
            NDID,
            {
                "options-mode": "3",
                "options-min_ial": "2.3",
                "options-min_aal": "2.2",
                "options-request_timeout": "120",
                "options-callback_base_url": "http://superapp.internal:8000",
                "options-purpose": "เข้าสู่ระบบ",
            },
            {
                "mode": 3,
                "min_ial": "2.3",
                "min_aal": "2.2",
                "request_timeout": 120,
                "callback_base_url": "http://superapp.internal:8000",
                "purpose": "เข้าสู่ระบบ",
            },
        ),
    ],
)
def test_what_was_typed_is_kept_and_can_be_used(
    pages: Pages, provider: ProviderCode, typed: dict[str, Any], kept: dict[str, Any]
) -> None:
    row = make_sandbox_row(provider, _ADDRESS)
    before, secret = row.options, secret_of(row)
    assert pages.save(row, **typed).status_code == 302
    assert row.options == {name: value for name, value in {**before, **kept}.items() if value is not None}
    assert secret_of(row) == secret
    assert built_from(row).code == provider


@pytest.mark.parametrize(
    ("provider", "option", "typed", "words"),
    [
        (THAID, "token_url", "thaid", _NO_URL),
        (THAID, "token_url", f"{_ADDRESS}/ก", _NO_URL),
        (THAID, "userinfo_url", f"{_ADDRESS}:99999/userinfo", _NO_URL),
        (THAID, "client_id", "", _NEEDED),
        (THAID, "jwks_url", "", "Needed for these claims."),
        (THAID, "claims", "subject: sub", "It has to say where national_id is."),
        (THAID, "claims", "national_id: pid\nsubject: sub\nwage: wage", "There is no claim called wage."),
        (THAID, "signing_algorithm", "none", _NO_CHOICE),
        (THAID, "scope", "pid", "The scope openid gives an id_token and no flat claims."),
        (MOPROM, "authorize_url", "", _NEEDED),
        (MOPROM, "token_url", "moph.id.th/token", _NO_URL),
        (MOPROM, "client_authentication", "jwt", _NO_CHOICE),
        (MOPROM, "claims", "national_id: pid\nsubject: answer.sub", "Begin with answer, access_token or profile"),
        (MOPROM, "claims", "national_id: answer.pid", "It has to say where subject is."),
        (MOPROM, "success", "status", "status: This field may not be blank."),
        (MOPROM, "extra_headers", "X-Api", "X-Api: This field may not be blank."),
        (MOPROM, "token_path", "a" * 201, "no more than 200 characters"),
        (PAOTANG, "profile_url", "", "Needed for these claims."),
        (PAOTANG, "profile_url", "profile", _NO_URL),
        (PAOTANG, "authorize_parameters", "acr", "acr: This field may not be blank."),
        (PAOTANG, "scope", "a" * 501, "no more than 500 characters"),
        (NDID, "base_url", "", _NEEDED),
        (NDID, "base_url", "ndid-node:8080", _NO_NODE),
        (NDID, "base_url", "http://key@ndid-node/v6", _NO_NODE),
        (NDID, "base_url", "http://ndid-node/v6?key=1", _NO_NODE),
        (NDID, "base_url", "http://ndid-node:99999/v6", _NO_NODE),
        (NDID, "base_url", "http://[", _NO_NODE),
        (NDID, "callback_base_url", "superapp", _NO_NODE),
        (NDID, "namespace", "Citizen-Id", "Small letters and _ only."),
        (NDID, "mode", "1", _NO_CHOICE),
        (NDID, "min_ial", "0.9", "greater than or equal to 1"),
        (NDID, "min_ial", "3.1", "less than or equal to 3"),
        (NDID, "min_ial", "high", "A valid number is required."),
        (NDID, "min_aal", "2.25", "no more than"),
        (NDID, "request_timeout", "1", "greater than or equal to 2"),
        (NDID, "request_timeout", "3601", "less than or equal to 3600"),
        (NDID, "request_timeout", "soon", "A valid integer is required."),
        (NDID, "call_timeout", "11", "less than or equal to 10"),
        (NDID, "poll_interval", "0", "greater than or equal to 1"),
        (NDID, "purpose", "ก" * 401, "no more than 400 characters"),
    ],
)
def test_what_cannot_work_is_refused_at_its_option_and_nothing_is_written(
    pages: Pages, provider: ProviderCode, option: str, typed: str, words: str
) -> None:
    row = make_sandbox_row(provider, _ADDRESS)
    before, events = IdentityProvider.objects.values().get(), AuditEvent.objects.count()
    errors = errors_of(pages.save(row, **{f"options-{option}": typed, "name_en": "Other"}))
    assert words in " ".join(errors[f"options-{option}"])
    assert words in " ".join(errors["options"]), "the field as a whole says it, too"
    assert IdentityProvider.objects.values().get() == before
    assert AuditEvent.objects.count() == events


@pytest.mark.parametrize("provider", [MOPROM, PAOTANG])
def test_in_production_citizens_and_codes_go_over_tls_alone(
    pages: Pages, provider: ProviderCode, settings: Settings
) -> None:
    row = make_sandbox_row(provider, _ADDRESS)
    settings.SANDBOX = False
    errors = errors_of(pages.save(row, **{"options-authorize_url": "http://id.example/authorize"}))
    assert errors["options-authorize_url"] == ["The address must begin with https://."]


@pytest.mark.parametrize(
    ("provider", "moved"),
    [
        (MOPROM, {"options-token_url": "https://mallory.example/token"}),
        (PAOTANG, {"options-token_url": "https://id.example:8443/token"}),
        (NDID, {"options-base_url": "http://mallory.example/v6"}),
    ],
)
def test_a_kept_secret_is_typed_anew_for_another_server_whatever_the_protocol(
    pages: Pages, provider: ProviderCode, moved: dict[str, str]
) -> None:
    row = make_sandbox_row(provider, _ADDRESS)
    assert errors_of(pages.save(row, **moved)) == {
        "new_secret": ["The secret would be sent to another server. Type it anew."]
    }
    assert pages.save(row, **moved, new_secret="typed anew").status_code == 302
    assert secret_of(row) == "typed anew"


def test_where_citizens_go_and_profiles_are_is_no_place_for_the_secret(pages: Pages) -> None:
    row = make_sandbox_row(PAOTANG, _ADDRESS)
    elsewhere = {f"options-{name}": f"https://other.example/{name}" for name in ("authorize_url", "profile_url")}
    assert pages.save(row, **elsewhere).status_code == 302
