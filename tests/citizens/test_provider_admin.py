"""The admin's page of digital IDs: what is refused and why, that secrets stay inside, and trying one."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from citizens.identity.providers.registry import built_from
from citizens.identity.providers.secret import secret_of
from citizens.models import IdentityProvider, ProviderHealth
from services_catalog.models import AuditEvent, Officer
from services_catalog.models.officers import AGENCY_ROLES
from superapp.sandbox.credentials import client_secret
from superapp.sandbox.server import Sandbox
from tests.citizens.identity.conftest import PUBLIC_URL, sandbox  # noqa: F401  (a fixture)
from tests.factories import SECRET, make_agency, make_provider
from tests.services_catalog.admin.conftest import make_officer, signed_in
from tests.services_catalog.admin.pages import page

pytestmark = pytest.mark.django_db
# What is told on commit, and calls that are made outside a transaction.
committed = pytest.mark.django_db(transaction=True)

_NEW_SECRET = "a secret that nobody may read again"


class Pages:
    """The pages as one officer sees them, in English."""

    def __init__(self, officer: Officer) -> None:
        self.client: Client = signed_in(officer)

    def get(self, name: str, row: IdentityProvider | None = None, language: str = "en") -> Any:
        return self.client.get(page(IdentityProvider, name, row), headers={"accept-language": language})

    def save(self, row: IdentityProvider, **changes: Any) -> Any:
        """Sends the form as it is shown, but for the changes; an option is named options-…, None leaves a field out."""
        data = {**_form_of(row), **changes}
        sent = {name: value for name, value in data.items() if value is not None}
        answer = self.client.post(page(IdentityProvider, "change", row), sent, headers={"accept-language": "en"})
        row.refresh_from_db()
        return answer

    def try_it(self, row: IdentityProvider, language: str = "en") -> str:
        here = page(IdentityProvider, "change", row)
        asked = {"action": "try_it", "_selected_action": [row.pk], "next": here}
        spoken = {"accept-language": language}
        answer = self.client.post(page(IdentityProvider, "changelist"), asked, headers=spoken)
        assert answer["Location"] == here
        shown = self.client.get(here, headers=spoken)
        return "\n".join(str(message) for message in shown.context["messages"])


def _form_of(row: IdentityProvider) -> dict[str, Any]:
    plain = ["name_th", "name_en", "logo_url_th", "logo_url_en", "position", "secret_variable"]
    plain += ["default_ial", "max_ial", "default_aal", "max_aal"]
    form = {name: getattr(row, name) for name in plain} | {"new_secret": ""}
    form |= {name: "on" for name in ("is_on", "is_primary") if getattr(row, name)}
    return form | {f"options-{name}": _as_typed(value) for name, value in row.options.items()}


def _as_typed(value: Any) -> Any:
    return "\n".join(f"{one}: {path}" for one, path in value.items()) if isinstance(value, dict) else value


def errors_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200, "it was saved"
    return {name: list(errors) for name, errors in answer.context["adminform"].form.errors.items()}


@pytest.fixture
def pages() -> Pages:
    return Pages(make_officer("head", "platform_administrator"))


@pytest.fixture
def thaid() -> IdentityProvider:
    return make_provider("https://thaid.example")


def test_a_form_sent_as_it_was_shown_changes_nothing(pages: Pages, thaid: IdentityProvider) -> None:
    options, secret = thaid.options, secret_of(thaid)
    trail = AuditEvent.objects.filter(subject_id="thaid")
    count = trail.count()
    assert pages.save(thaid).status_code == 302
    assert (thaid.options, secret_of(thaid)) == (options, secret)
    assert trail.count() == count


def test_a_digital_id_is_added_switched_off_and_then_given_its_options(pages: Pages) -> None:
    form = {"code": "newid", "protocol": "oidc", "name_th": "ไอดีใหม่", "name_en": "New ID"}
    form |= {"default_ial": "1.1", "max_ial": "2.3", "default_aal": "1.0", "max_aal": "2.2"}
    added = pages.client.post(page(IdentityProvider, "add"), form)
    row = IdentityProvider.objects.get(code="newid")
    assert added["Location"] == page(IdentityProvider, "change", row)
    assert (row.is_on, row.options) == (False, {})
    options = _form_of(make_provider("https://thaid.example", "other", is_on=False, is_primary=False))
    answer = pages.save(row, **{n: v for n, v in options.items() if n.startswith("options-")}, new_secret=_NEW_SECRET)
    assert answer.status_code == 302
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
        ({"options-token_url": "thaid"}, "options", "Token address: Enter a valid URL."),
        ({"options-client_id": ""}, "options", "Client id: This field is required."),
        ({"options-jwks_url": ""}, "options", "Address of its keys: Needed for these claims."),
        ({"options-claims": "subject: sub"}, "options", "It has to say where national_id is."),
        ({"options-claims": "national_id: pid\nsubject: sub\nwage: wage"}, "options", "no claim called wage"),
        ({"options-signing_algorithm": "none"}, "options", "is not a valid choice"),
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
    for name in ("SECRET_KEY", "DATABASE_URL", "ENCRYPTION_KEYS", "PATH"):
        assert errors_of(pages.save(thaid, secret_variable=name))["secret_variable"]


def test_the_kept_secret_is_not_sent_to_another_server(pages: Pages, thaid: IdentityProvider) -> None:
    elsewhere = {"options-token_url": "https://mallory.example/token"}
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
    assert "Highest IAL" in pages.get("history", thaid).text
    assert "Highest IAL" in pages.client.get(page(AuditEvent, "changelist"), headers={"accept-language": "en"}).text


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


@committed
def test_trying_a_digital_id_that_knows_us(pages: Pages, sandbox: Sandbox, settings: Settings) -> None:  # noqa: F811
    settings.PUBLIC_URL = PUBLIC_URL
    row = make_provider(sandbox.urls["thaid"])
    assert pages.try_it(row) == "thaid: It is there and knows us."


@committed
@pytest.mark.parametrize(
    ("options", "secret", "english", "thai"),
    [
        ({}, "wrong", "It refuses us.", "ไม่รับเรา"),
        ({"jwks_url": "{url}/nowhere"}, "", "HTTP status 404", "404"),
        ({"jwks_url": "{url}/consent"}, "", "HTTP status", "HTTP"),
        ({"token_url": "http://127.0.0.1:9/token"}, "", "Nothing answers there.", "ไม่มีสิ่งใดตอบ"),
        ({"client_id": None}, "", "Its options are not complete", "ตัวเลือกไม่ครบ"),
    ],
)
def test_trying_one_that_does_not_work_says_why(
    pages: Pages,
    sandbox: Sandbox,  # noqa: F811
    settings: Settings,
    options: dict[str, str | None],
    secret: str,
    english: str,
    thai: str,
) -> None:
    settings.PUBLIC_URL = PUBLIC_URL
    url = sandbox.urls["thaid"]
    row = make_provider(url, options={name: value and value.format(url=url) for name, value in options.items()})
    if secret:
        pages.save(row, new_secret=secret)
    assert english in pages.try_it(row)
    assert thai in pages.try_it(row, "th")
    assert client_secret("thaid", secret=SECRET) not in pages.get("change", row).text


def test_the_list_tells_health(pages: Pages, thaid: IdentityProvider) -> None:
    assert "Up" in pages.get("changelist").text
    ProviderHealth.objects.create(provider=thaid, failures=2, last_failure="no_answer_in_time")
    assert "no_answer_in_time" in pages.get("changelist").text
    assert "Failing" in pages.get("changelist").text
