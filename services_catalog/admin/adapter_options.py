"""An adapter's options as labelled fields, drawn from its serializer: an agency goes live without writing code."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from rest_framework import serializers

from services_catalog.adapters import contrib  # noqa: F401  (registers the adapters)
from services_catalog.adapters.registry import UnknownAdapter, registry

_UNSAID = ("", None, False)


def adapter_choices() -> list[tuple[str, Any]]:
    return [("", "–"), *((name, registry.get(name).label or name) for name in registry)]


class AdapterOptionsWidget(forms.Widget):
    """A group of inputs for each adapter; draft.js shows that of the chosen one. Says nothing of what is left empty."""

    template_name = "services_catalog/admin/adapter_options.html"

    class Media:
        js = ("services_catalog/admin/draft.js",)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        options = json.loads(value) if isinstance(value, str) else value or {}
        context["groups"] = [
            (adapter, registry.get(adapter).label or adapter, _inputs(f"{name}-{adapter}", adapter, options))
            for adapter in registry
        ]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        adapter = str(data.get("adapter", ""))
        typed = {
            option: _typed(field, data, f"{name}-{adapter}-{option}") for option, field in _options(adapter).items()
        }
        return {option: value for option, value in typed.items() if value not in _UNSAID}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return "adapter" not in data


class AdapterOptionsField(forms.Field):
    widget = AdapterOptionsWidget

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(said(initial or {}) != data)


def said(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options without those that are left to their defaults."""
    return {name: value for name, value in options.items() if value not in _UNSAID}


def option_problems(adapter: str, options: Mapping[str, Any]) -> list[str]:
    """What the adapter says of the options that are given; a draft may lack some."""
    if not adapter:
        return []
    serializer = registry.get(adapter).options_serializer(data=dict(options), partial=True)
    serializer.is_valid()
    labels = {name: str(field.label or name) for name, field in _options(adapter).items()}
    return [f"{labels.get(name, name)}: {error}" for name, errors in serializer.errors.items() for error in errors]


def _options(adapter: str) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
    try:
        return dict(registry.get(adapter).options_serializer().fields)
    except UnknownAdapter:
        return {}


def _inputs(prefix: str, adapter: str, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": f"{prefix}-{name}",
            "label": field.label or name,
            "help_text": field.help_text,
            "value": options.get(name, ""),
            "is_flag": isinstance(field, serializers.BooleanField),
            "choices": getattr(field, "choices", None),
            "input_type": "url" if isinstance(field, serializers.URLField) else "text",
        }
        for name, field in _options(adapter).items()
    ]


def _typed(field: Any, data: Mapping[str, Any], name: str) -> Any:
    return name in data if isinstance(field, serializers.BooleanField) else str(data.get(name, "")).strip()
