"""The options of a serializer as labelled inputs of a form: their names, what was typed, and errors in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from rest_framework import serializers

Options = type[serializers.Serializer[Any]]

_UNSAID: tuple[Any, ...] = ("", None, False, {})


def said(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options without those that are left to their defaults."""
    return {name: value for name, value in options.items() if value not in _UNSAID}


def inputs(prefix: str, serializer: Options, options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the template option_inputs.html draws."""
    return [
        {
            "name": f"{prefix}-{name}",
            "label": field.label or name,
            "help_text": field.help_text,
            "value": _shown(field, options.get(name, _chosen(field))),
            "placeholder": _default(field),
            "is_flag": isinstance(field, serializers.BooleanField),
            "is_pairs": isinstance(field, serializers.DictField),
            "lines": _lines(options.get(name)),
            "choices": _choices(field),
            "input_type": "url" if isinstance(field, serializers.URLField) else "text",
        }
        for name, field in serializer().fields.items()
    ]


def _lines(value: Any) -> int:
    """Of the box for an option of several lines."""
    return max(2, len(value)) if isinstance(value, Mapping) else 2


def typed(prefix: str, serializer: Options, data: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed into these inputs; nothing of what is left empty."""
    return said({name: _typed(field, data, f"{prefix}-{name}") for name, field in serializer().fields.items()})


def problems(serializer: Options, options: Mapping[str, Any], *, partial: bool = False) -> list[str]:
    """What the serializer says against the options, each with the label of its field."""
    asked = serializer(data=dict(options), partial=partial)
    asked.is_valid()
    labels = {name: str(field.label or name) for name, field in asked.fields.items()}
    return [f"{labels.get(name, name)}: {error}" for name, errors in asked.errors.items() for error in _flat(errors)]


def _choices(field: Any) -> dict[str, Any] | None:
    choices = getattr(field, "choices", None)
    return {str(value): text for value, text in choices.items()} if choices else None


def _default(field: Any) -> Any:
    return "" if field.default is serializers.empty or callable(field.default) else field.default


def _chosen(field: Any) -> Any:
    """What a list of choices stands at; other inputs only hint at their default."""
    return _default(field) if _choices(field) else ""


def _shown(field: Any, value: Any) -> Any:
    """A value as its input has it; pairs one a line."""
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {one}" for name, one in value.items())
    return value if isinstance(field, serializers.BooleanField) else str(value)


def _typed(field: Any, data: Mapping[str, Any], name: str) -> Any:
    if isinstance(field, serializers.BooleanField):
        return name in data
    text = str(data.get(name, "")).strip()
    return _pairs(text) if isinstance(field, serializers.DictField) else text


def _pairs(text: str) -> dict[str, str]:
    """One a line, with a colon between; a line without one is a name that nothing is said of."""
    lines = [line.partition(":") for line in text.splitlines() if line.strip()]
    return {name.strip(): value.strip() for name, _colon, value in lines}


def _flat(errors: Any) -> Iterator[str]:
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            yield from (f"{name}: {error}" for error in _flat(inner))
    else:
        yield from (str(error) for error in errors)
