"""What is refused and why, that secrets stay inside, who may what, and what the history says."""

import json
from typing import Any

import pytest
from django.core.cache import cache

from citizens.identity.providers.registry import built_from
from citizens.identity.providers.secret import secret_of
from citizens.models import IdentityProvider, ProviderHealth
from services_catalog.admin.history import in_words
from services_catalog.models import AuditEvent
from services_catalog.models.officers import AGENCY_ROLES
from tests.citizens.provider_admin.conftest import Pages, errors_of
from tests.factories import make_agency, make_provider
from tests.services_catalog.admin.conftest import make_officer
from tests.services_catalog.admin.pages import page

pytestmark = pytest.mark.django_db
# What is told on commit.
committed = pytest.mark.django_db(transaction=True)

_NEW_SECRET = "a secret that nobody may read again"
_OPTIONS = {
    "options-issuer": "https://new.example",
    "options-authorize_url": "https://new.example/authorize",
    "options-token_url": "https://new.example/token",
    "options-jwks_url": "https://new.example/jwks",
    "options-client_id": "superapp",
    "options-scope": "openid pid",
    "options-claims": "national_id: pid\nsubject: sub",
}


def test_a_digital_id_is_added_switched_off_and_then_given_its_options(pages: Pages) -> None:
    form = {"code": "newid", "protocol": "oidc", "name_th": "ไอดีใหม่", "name_en": "New ID"}
    form |= {"default_ial": "1.1", "max_ial": "2.3", "default_aal": "1.0", "max_aal": "2.2"}
    added = pages.client.post(page(IdentityProvider, "add"), form)
    row = IdentityProvider.objects.get(code="newid")
    assert added["Location"] == page(IdentityProvider, "change", row)
    assert (row.is_on, row.options) == (False, {})
    assert pages.save(row, **_OPTIONS, new_secret=_NEW_SECRET).status_code == 302
    assert secret_of(row) == _NEW_SECRET
    assert built_from(row).name.en == "New ID"


def test_code_and_protocol_are_fixed_after_adding(pages: Pages, thaid: IdentityProvider) -> None:
    assert pages.save(thaid, code="moprom", protocol="oauth_profile", name_en="ThaiD").status_code == 302
    assert [(row.code, row.protocol, row.name_en) for row in IdentityProvider.objects.all()] == [
        ("thaid", "oidc", "ThaiD")
    ]


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"default_ial": "3.0"}, "default_ial", "It may not be above the highest level."),
        ({"default_aal": "3.0"}, "default_aal", "It may not be above the highest level."),
        ({"max_ial": "9.9"}, "max_ial", "Select a valid choice"),
        ({"position": "-1"}, "position", "greater than or equal to 0"),
        ({"name_th": ""}, "name_th", "This field is required."),
        ({"logo_url_th": "javascript:alert(1)"}, "logo_url_th", "Enter a valid URL."),
        ({"new_secret": "x", "secret_variable": "THAID_CLIENT_SECRET"}, "new_secret", "not both"),
    ],
)
def test_what_cannot_work_is_refused_in_words(
    pages: Pages, thaid: IdentityProvider, changes: dict[str, str], field: str, words: str
) -> None:
    before = IdentityProvider.objects.values().get()
    errors = errors_of(pages.save(thaid, **changes))
    assert any(words in error for error in errors[field])
    assert IdentityProvider.objects.values().get() == before


def test_another_environment_variable_of_ours_cannot_be_sent_to_a_provider(
    pages: Pages, thaid: IdentityProvider
) -> None:
    before = IdentityProvider.objects.values().get()
    ours = ["SECRET_KEY", "DATABASE_URL", "ENCRYPTION_KEYS", "PATH"]
    for name in [*ours, "API_KEY", "_API_KEY", "X_API_KEY_OLD", "x_api_key"]:
        assert errors_of(pages.save(thaid, secret_variable=name)) == {
            "secret_variable": ["The name has to be like THAID_CLIENT_SECRET or NDID_NODE_API_KEY."]
        }
    assert IdentityProvider.objects.values().get() == before


@pytest.mark.parametrize("option", ["options-token_url", "options-revoke_url"])
def test_the_kept_secret_is_not_sent_to_another_server(pages: Pages, thaid: IdentityProvider, option: str) -> None:
    assert pages.save(thaid, **{option: "https://thaid.example/moved"}).status_code == 302
    elsewhere = {option: "https://mallory.example/token"}
    assert errors_of(pages.save(thaid, **elsewhere)) == {
        "new_secret": ["The secret would be sent to another server. Type it anew."]
    }
    assert pages.save(thaid, **elsewhere, new_secret=_NEW_SECRET).status_code == 302
    assert secret_of(thaid) == _NEW_SECRET


def test_the_secret_is_in_no_page_and_a_blank_one_keeps_it(pages: Pages, thaid: IdentityProvider) -> None:
    assert pages.save(thaid, new_secret=_NEW_SECRET).status_code == 302
    assert pages.save(thaid, name_en="ThaiD").status_code == 302
    assert secret_of(thaid) == _NEW_SECRET
    assert thaid.secret_encrypted is not None
    refused = pages.save(thaid, new_secret=_NEW_SECRET, name_th="")
    shown = [refused, *(pages.get(name, thaid) for name in ("change", "history")), pages.get("changelist")]
    for answer in shown:
        assert answer.status_code == 200
        assert _NEW_SECRET not in answer.text
        assert bytes(thaid.secret_encrypted).hex() not in answer.text
    assert "•••" in pages.get("history", thaid).text
    assert _NEW_SECRET not in json.dumps(list(AuditEvent.objects.values("before", "after")))


def test_a_variable_takes_the_place_of_the_secret(pages: Pages, thaid: IdentityProvider) -> None:
    assert pages.save(thaid, secret_variable="THAID_CLIENT_SECRET").status_code == 302
    assert (thaid.secret_variable, thaid.secret_encrypted) == ("THAID_CLIENT_SECRET", None)
    assert "environment variable THAID_CLIENT_SECRET" in pages.get("change", thaid).text


def test_the_history_says_who_changed_what(pages: Pages, thaid: IdentityProvider) -> None:
    assert pages.save(thaid, max_ial="2.1").status_code == 302
    event = AuditEvent.objects.filter(subject_id="thaid").latest("id")
    assert (event.by, event.after) == ("head", {"max_ial": 2.1})
    assert "Highest IAL</b> <del>2.3</del> → <ins>2.1</ins>" in pages.get("history", thaid).text
    assert "Highest IAL" in pages.client.get(page(AuditEvent, "changelist"), headers={"accept-language": "en"}).text


@pytest.mark.parametrize(
    ("before", "after"), [({"x": None}, {}), ({}, {"x": {}}), ({"x": 1}, {"x": True}), ({"x": {"y": 0}}, {"x": {}})]
)
def test_no_change_is_without_a_line(thaid: IdentityProvider, before: dict[str, Any], after: dict[str, Any]) -> None:
    for options in (before, after):
        IdentityProvider.objects.update(options=options)
    [line] = in_words([AuditEvent.objects.filter(subject_id="thaid").latest("id")])
    assert line.changes


def test_the_history_tells_of_each_option_alone(pages: Pages, thaid: IdentityProvider) -> None:
    claims = "\n".join(f"{ours}: {theirs}" for ours, theirs in {**thaid.options["claims"], "gender": "sex"}.items())
    changes = {"options-claims": claims, "options-pkce": "on", "new_secret": _NEW_SECRET}
    assert pages.save(thaid, **changes).status_code == 302
    english, thai = (pages.get("history", thaid, language).text for language in ("en", "th"))
    assert "Options: claims.gender</b> <del>gender</del> → <ins>sex</ins>" in english
    assert "Options: pkce</b> <del>–</del> → <ins>Yes</ins>" in english
    assert "national_id" not in english.split("claims.gender")[0].rpartition("<tbody>")[2]
    assert "Secret, encrypted</b> <del>•••</del> → <ins>•••</ins>" in english
    assert "รหัสลับที่เข้ารหัส</b>" in thai


def test_there_is_one_primary_provider(pages: Pages, thaid: IdentityProvider) -> None:
    other = make_provider("https://other.example", "other", is_primary=False)
    assert pages.save(other, is_primary="on").status_code == 302
    assert [row.code for row in IdentityProvider.objects.filter(is_primary=True)] == ["other"]


@committed
def test_switching_off_ends_its_tokens_and_on_again_spares_them(pages: Pages, thaid: IdentityProvider) -> None:
    make_provider("https://other.example", "other", is_primary=False)
    pages.save(thaid, is_on=None)
    assert cache.get("revoked:provider:thaid")
    assert "nobody can sign in" not in pages.get("changelist").text
    pages.save(thaid, is_on="on")
    assert cache.get("revoked:provider:thaid") is None


def test_whoever_switches_the_last_one_off_is_told(pages: Pages, thaid: IdentityProvider) -> None:
    assert pages.save(thaid, is_on=None).status_code == 302
    assert not thaid.is_on
    assert "No digital ID is on now: nobody can sign in." in pages.get("changelist").text


def test_operators_look_and_change_nothing(thaid: IdentityProvider) -> None:
    pages = Pages(make_officer("watch", "operator"))
    shown = pages.get("change", thaid)
    assert "new_secret" not in shown.text
    assert "Where the claims are" in shown.text
    assert "Signed id_token" in shown.text
    assert "{" not in shown.text.split("Options of the protocol")[1].split("</table>")[0]
    assert pages.save(thaid, name_en="Mine").status_code == 403
    assert pages.get("add").status_code == 403
    pages.client.post(page(IdentityProvider, "changelist"), {"action": "try_it", "_selected_action": ["thaid"]})
    assert "thaid: " not in pages.get("changelist").text


@pytest.mark.parametrize("role", ["platform_reviewer", *AGENCY_ROLES])
def test_other_roles_are_refused(role: str, thaid: IdentityProvider) -> None:
    employer = make_agency() if role in AGENCY_ROLES else None
    pages = Pages(make_officer("other", role, agency=employer))
    for name in ("changelist", "add"):
        assert pages.get(name).status_code == 403
    for name in ("change", "history"):
        assert pages.get(name, thaid).status_code in (302, 403)
    assert pages.save(thaid, name_en="Mine").status_code in (302, 403)
    assert thaid.name_en != "Mine"


def test_the_list_tells_health(pages: Pages, thaid: IdentityProvider) -> None:
    assert "Up" in pages.get("changelist").text
    ProviderHealth.objects.create(provider=thaid, failures=2, last_failure="no_answer_in_time")
    for name, row in (("changelist", None), ("change", thaid)):
        shown = pages.get(name, row).text
        assert "Failing" in shown
        assert "It did not answer in time." in shown
