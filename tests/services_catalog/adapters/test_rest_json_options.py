"""An adapter's options, refused before they can do harm (rule 6)."""

from typing import Any

import pytest

from services_catalog.adapters.contrib.rest_json.adapter import RestJsonAdapter
from services_catalog.adapters.contrib.rest_json.options import RestJsonOptions

SUBMIT = "https://api.dlt.go.th/cases"


def problems_of(**options: Any) -> dict[str, Any]:
    serializer = RestJsonOptions(data={"submit_url": SUBMIT, **options})
    serializer.is_valid()
    return dict(serializer.errors)


def test_an_address_to_submit_to_is_enough() -> None:
    adapter = RestJsonAdapter({"submit_url": SUBMIT})
    assert not adapter.can_look_up
    assert not adapter.honours_idempotency_key
    assert not adapter.can_cancel
    assert not adapter.can_respond


@pytest.mark.parametrize(("option", "ability"), [("cancel_url", "can_cancel"), ("response_url", "can_respond")])
def test_each_address_is_an_ability(option: str, ability: str) -> None:
    adapter = RestJsonAdapter({"submit_url": SUBMIT, option: f"{SUBMIT}/{{reference}}/x"})
    assert [name for name in ("can_look_up", "can_cancel", "can_respond") if getattr(adapter, name)] == [ability]


def test_an_agency_can_do_what_its_options_say() -> None:
    options = {"submit_url": SUBMIT, "lookup_url": f"{SUBMIT}/{{reference}}", "honours_idempotency_key": True}
    adapter = RestJsonAdapter(options)
    assert adapter.can_look_up
    assert adapter.honours_idempotency_key


def test_a_misspelt_option_is_refused_by_name() -> None:
    assert problems_of(look_up_url="https://x.go.th/{reference}", retries=3) == {
        "look_up_url": ["There is no such option."],
        "retries": ["There is no such option."],
    }


@pytest.mark.parametrize("option", ["lookup_url", "cancel_url", "response_url"])
@pytest.mark.parametrize(
    "address",
    [
        f"{SUBMIT}/latest",
        "cases/{reference}",
        "ftp://api.dlt.go.th/{reference}",
        "https://[broken/{reference}",
        "file:///{reference}",
    ],
)
def test_addresses_of_one_request_contain_the_reference(option: str, address: str) -> None:
    assert list(problems_of(**{option: address})) == [option]


@pytest.mark.parametrize("submit_url", ["", "api.dlt.go.th/cases", "javascript:alert(1)", None])
def test_submissions_need_a_web_address(submit_url: str | None) -> None:
    assert list(problems_of(submit_url=submit_url)) == ["submit_url"]


@pytest.mark.parametrize("options", [[], "x", None])
def test_options_are_an_object(options: Any) -> None:
    assert not RestJsonOptions(data=options).is_valid()
