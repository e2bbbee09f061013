"""The options of a serializer as labelled inputs of a form: their names, what was typed, and errors in words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

Options = type[serializers.Serializer[Any]]
# What the serializer says against the options, by the name of the option.
Errors = Mapping[str, Sequence[str]]

_UNSAID: tuple[Any, ...] = ("", None, {})


def said(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options without those that are left to their defaults."""
    # By identity: 0 is a number that somebody may have typed, and equal to False.
    return {name: value for name, value in options.items() if value is not False and value not in _UNSAID}


def inputs(
    prefix: str, serializer: Options, options: Mapping[str, Any], wrong: Errors | None = None
) -> list[dict[str, Any]]:
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
            "errors": (wrong or {}).get(name, ()),
        }
        for name, field in serializer().fields.items()
    ]


def _lines(value: Any) -> int:
    """Of the box for an option of several lines."""
    return max(2, len(value)) if isinstance(value, Mapping) else 2


def typed(prefix: str, serializer: Options, data: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed into these inputs; nothing of what is left empty."""
    return said({name: _typed(field, data, f"{prefix}-{name}") for name, field in serializer().fields.items()})


def without_defaults(serializer: Options, options: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Options without choices that nobody made: a list always stands at something, by itself at its default."""
    fields = serializer().fields
    return {name: value for name, value in options.items() if name in before or value != _chosen(fields[name])}


def in_words(serializer: Options, options: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Each label with what counts, said or not, in lines; for people who only read it."""
    fields = serializer().fields
    told = ((field, options.get(name, _default(field))) for name, field in fields.items())
    return [(str(field.label or field.field_name), lines) for field, value in told if (lines := _read(field, value))]


def wrong_options(serializer: Options, options: Mapping[str, Any], *, partial: bool = False) -> dict[str, list[str]]:
    """What the serializer says against the options, by their names."""
    asked = serializer(data=dict(options), partial=partial)
    asked.is_valid()
    return {name: list(_flat(errors)) for name, errors in asked.errors.items()}


def labelled(serializer: Options, wrong: Errors) -> list[str]:
    """The errors, each with the label of its option."""
    labels = {name: str(field.label or name) for name, field in serializer().fields.items()}
    return [f"{labels.get(name, name)}: {error}" for name, errors in wrong.items() for error in errors]


def problems(serializer: Options, options: Mapping[str, Any], *, partial: bool = False) -> list[str]:
    """What the serializer says against the options, each with the label of its field."""
    return labelled(serializer, wrong_options(serializer, options, partial=partial))


def _choices(field: Any) -> dict[str, Any] | None:
    choices = getattr(field, "choices", None)
    return {str(value): text for value, text in choices.items()} if choices else None


def _default(field: Any) -> Any:
    return "" if field.default is serializers.empty or callable(field.default) else field.default


def _chosen(field: Any) -> Any:
    """What a list of choices stands at; other inputs only hint at their default."""
    return _default(field) if _choices(field) else ""


def _shown(field: Any, value: Any) -> Any:
    """A value as its input has it; pairs one a line, by name: the database keeps no order of them."""
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {one}" for name, one in sorted(value.items()))
    return value if isinstance(field, serializers.BooleanField) else str(value)


def _read(field: Any, value: Any) -> list[str]:
    if isinstance(field, serializers.BooleanField):
        return [_("Yes") if value else _("No")]
    text = str((_choices(field) or {}).get(str(value), _shown(field, value)))
    return text.splitlines()


def _typed(field: Any, data: Mapping[str, Any], name: str) -> Any:
    if isinstance(field, serializers.BooleanField):
        return name in data
    text = str(data.get(name, "")).strip()
    if isinstance(field, serializers.DictField):
        return _pairs(text)
    return _as_kept(field, text) if isinstance(field, serializers.IntegerField | serializers.ChoiceField) else text


def _as_kept(field: Any, text: str) -> Any:
    """A number as a number, so that what nobody has touched is no change; what is none stays for the error."""
    try:
        return field.to_internal_value(text)
    except serializers.ValidationError:
        return text


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
