"""The pages of docs/identity/ say what the rows to begin with, the sandbox's people and its switches are."""

import re
from pathlib import Path

import pytest

from citizens.identity.providers.presets import presets
from citizens.identity.providers.registry import PROTOCOLS
from superapp.embedded.locations import PROJECT_ROOT
from superapp.sandbox.client import exchange
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.people import TEST_PEOPLE, Person
from superapp.sandbox.ports import provider_port
from superapp.sandbox.server import serve
from tests.docs.test_tables import table

_SANDBOX = "identity/sandbox.md"
_FIRST_PORT = 8100
_GROUPS = {"all": set(ProviderCode), "redirect": set(ProviderCode) - {ProviderCode.NDID}}
_LEVELS = ("default_ial", "max_ial", "default_aal", "max_aal")


def names_in(cell: str) -> list[str]:
    return re.findall(r"[a-z_]+", cell)


def test_the_servers_and_their_ports() -> None:
    told = [(code, address) for code, address, *_ in table(_SANDBOX, "code")]
    assert told == [(one.value, f"http://127.0.0.1:{provider_port(_FIRST_PORT, one)}") for one in ProviderCode]


def test_the_people_and_their_levels() -> None:
    assert table(_SANDBOX, "number") == [
        [person.number, person.name_en, *(_level(person, one) for one in ProviderCode)] for person in TEST_PEOPLE
    ]


def _level(person: Person, provider: ProviderCode) -> str:
    return person.levels[provider] or "+" if person.is_known_to(provider) else "–"


def test_every_switch_of_every_server(tmp_path: Path) -> None:
    sandbox = serve(platform_url="http://127.0.0.1:9", state=tmp_path, secret="a secret of the tests")
    try:
        offered = {
            (failure, provider)
            for provider in ProviderCode
            for failure in exchange("GET", f"{sandbox.urls[provider]}/switches").json()["offered"]
            if failure
        }
    finally:
        sandbox.stop()
    rows = table(_SANDBOX, "switch")
    told = [(switch, provider) for switch, at, *_ in rows for provider in _GROUPS.get(at, names_in(at))]
    assert set(told) == offered
    assert len(told) == len(offered)
    assert all(len(row) == 4 and all(row) for row in rows)


def test_the_levels_of_the_rows_to_begin_with() -> None:
    told = {code: tuple(levels) for code, *levels in table("identity/README.md", "digital ID")}
    assert told == {code: tuple(row[name] for name in _LEVELS) for code, row in presets().items()}


@pytest.mark.parametrize("provider", ProviderCode)
def test_every_option_of_a_row_and_the_addresses_to_begin_with(provider: ProviderCode) -> None:
    preset, page = presets()[provider], f"identity/{provider}.md"
    told = [name for row in table(page, "option") for name in names_in(row[0])]
    assert sorted(told) == sorted(PROTOCOLS[preset["protocol"]].options_serializer().fields)
    text = (PROJECT_ROOT / "docs" / page).read_text(encoding="utf-8")
    addresses = [value for value in preset["options"].values() if str(value).startswith("http")]
    assert [one for one in addresses if f"`{one}`" not in text] == []
    assert f"`{preset['secret_variable']}`" in text
