"""Where in a JSON Schema its schemas are, and what its references point at."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from services_catalog.problems import pointer

Path = tuple[str | int, ...]
Schema = dict[str, Any]

ONE_SCHEMA = frozenset(
    [
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    ]
)
LISTS_OF_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
NAMED_SCHEMAS = frozenset({"$defs", "dependentSchemas", "patternProperties", "properties"})


def children(schema: Schema) -> Iterator[tuple[Path, Any]]:
    """The schemas right below a schema, and the steps to each."""
    for keyword, value in schema.items():
        if keyword in ONE_SCHEMA:
            yield (keyword,), value
        elif keyword in LISTS_OF_SCHEMAS and isinstance(value, list):
            yield from (((keyword, index), one) for index, one in enumerate(value))
        elif keyword in NAMED_SCHEMAS and isinstance(value, dict):
            yield from (((keyword, name), one) for name, one in value.items())


def all_schemas(form: Schema) -> dict[str, Schema]:
    """Every schema of the form that is an object, by its pointer, in the order of the text."""
    found: dict[str, Schema] = {}
    waiting: list[tuple[Path, Any]] = [((), form)]
    while waiting:
        path, schema = waiting.pop()
        if isinstance(schema, dict):
            found[pointer(*path)] = schema
            waiting.extend(reversed([((*path, *steps), child) for steps, child in children(schema)]))
    return found


def target_of(reference: Any) -> str | None:
    """The pointer that a reference into the same form names; None for one that leads elsewhere."""
    if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
        return None
    return unquote(reference[1:])


def resolved(schema: Any, schemas: dict[str, Schema]) -> Schema:
    """The schema with what it refers to; what stands beside the reference wins. References go round nowhere."""
    found: Schema = schema if isinstance(schema, dict) else {}
    while "$ref" in found:
        target = schemas.get(target_of(found["$ref"]) or "", {})
        found = {**target, **{key: value for key, value in found.items() if key != "$ref"}}
    return found
