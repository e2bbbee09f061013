"""Registration is a decorator; tests build their own registry."""

from typing import Any

import pytest
from rest_framework import serializers

from services_catalog.adapters.base import Adapter
from services_catalog.adapters.registry import AdapterRegistry, UnknownAdapter, registry
from services_catalog.adapters.types import CallSettings, Receipt, Submission


class ColourOptions(serializers.Serializer[Any]):
    colour = serializers.CharField()


class Paper(Adapter):
    """Prints submissions."""

    options_serializer = ColourOptions

    def submit(self, submission: Submission, call: CallSettings) -> Receipt:
        return Receipt(submission.reference)


def test_builds_what_is_registered_with_validated_options() -> None:
    ours = AdapterRegistry()
    assert ours.register("paper")(Paper) is Paper
    adapter = ours.build("paper", {"colour": "  blue "})
    assert isinstance(adapter, Paper)
    assert adapter.options == {"colour": "blue"}
    assert list(ours) == ["paper"]


def test_a_name_is_taken_once() -> None:
    ours = AdapterRegistry()
    ours.register("paper")(Paper)
    with pytest.raises(ValueError, match="an adapter called 'paper' already"):
        ours.register("paper")(Paper)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownAdapter, match="paper"):
        AdapterRegistry().build("paper", {})


def test_options_are_validated_when_an_adapter_is_built() -> None:
    ours = AdapterRegistry()
    ours.register("paper")(Paper)
    with pytest.raises(serializers.ValidationError):
        ours.build("paper", {})


def test_an_adapter_promises_nothing_it_does_not_say() -> None:
    adapter = Paper({"colour": "blue"})
    assert not adapter.can_look_up
    assert not adapter.honours_idempotency_key


def test_the_products_registry_has_the_json_adapter() -> None:
    assert "rest_json" in registry
