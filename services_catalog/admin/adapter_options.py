"""An adapter's options as labelled fields, drawn from its serializer: an agency goes live without writing code."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms

from services_catalog.adapters.registry import UnknownAdapter, registry
from services_catalog.admin.serializer_options import inputs, problems, said, typed


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
        context["groups"] = [(adapter, *_group(f"{name}-{adapter}", adapter, options)) for adapter in registry]
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> dict[str, Any]:
        adapter = str(data.get("adapter", ""))
        try:
            return typed(f"{name}-{adapter}", registry.get(adapter).options_serializer, data)
        except UnknownAdapter:
            return {}

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return "adapter" not in data


class AdapterOptionsField(forms.Field):
    widget = AdapterOptionsWidget

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(said(initial or {}) != data)


def option_problems(adapter: str, options: Mapping[str, Any]) -> list[str]:
    """What the adapter says of the options that are given; a draft may lack some."""
    return problems(registry.get(adapter).options_serializer, options, partial=True) if adapter else []


def _group(prefix: str, adapter: str, options: Mapping[str, Any]) -> tuple[Any, list[dict[str, Any]]]:
    made = registry.get(adapter)
    return made.label or adapter, inputs(prefix, made.options_serializer, options)
