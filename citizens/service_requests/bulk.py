"""Writing many rows in one statement, without the expression for each cell that `bulk_update` compiles.

Rows are given by the attribute names of their columns, as `vars(instance)` has them, and travel as JSON in two
parameters: what all rows have in common, and what each has of its own. Arrays would be quoted cell by cell, in Python.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from django.db import connection
from django.db.models import Field, JSONField, Model

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is written of a model, by attribute names. The key, whose name comes first, is each row's own."""

    model: type[Model]
    own: tuple[str, ...]
    shared: tuple[str, ...]

    @property
    def json(self) -> list[str]:
        """Those that may hold what orjson does not write: whole numbers of any length. They are each row's own."""
        return [name for name in self.own if isinstance(_field(self.model, name), JSONField)]


def insert_rows(model: type[Model], rows: Sequence[Row], *, ignore_conflicts: bool = False) -> None:
    """Inserts rows, every column of them."""
    if rows:
        columns = _columns(model, rows, _all_names(model))
        statement = _insert(columns)
        _execute(f"{statement} ON CONFLICT DO NOTHING" if ignore_conflicts else statement, columns, rows)


def write_rows(model: type[Model], rows: Sequence[Row], names: tuple[str, ...]) -> None:
    """Writes the named columns of rows that exist."""
    if rows:
        columns = _columns(model, rows, (model._meta.pk.attname, *names))
        _execute(_update(columns), columns, rows)


def as_json(content: Any) -> str:
    """For `json_to_recordset` and its like. Raises TypeError for what has no text that PostgreSQL reads the same."""
    return orjson.dumps(content).decode()


def _columns(model: type[Model], rows: Sequence[Row], names: tuple[str, ...]) -> _Columns:
    key, *others = names
    shared = tuple(name for name in others if _is_shared(_field(model, name), [row[name] for row in rows]))
    return _Columns(model, (key, *(name for name in others if name not in shared)), shared)


def _is_shared(field: "Field[Any, Any]", values: list[Any]) -> bool:
    """JSON never is: to Python true equals 1 in it."""
    return not isinstance(field, JSONField) and values.count(values[0]) == len(values)


def _execute(statement: str, columns: _Columns, rows: Sequence[Row]) -> None:
    own = [{name: row[name] for name in columns.own} for row in rows]
    for name in columns.json:
        for row in own:
            row[name] = orjson.Fragment(json.dumps(row[name], ensure_ascii=False))
    shared = {name: rows[0][name] for name in columns.shared}
    with connection.cursor() as cursor:
        cursor.execute(statement, [as_json(own), as_json(shared)])


@cache
def _insert(columns: _Columns) -> str:
    names = ", ".join(f'"{_field(columns.model, name).column}"' for name in (*columns.own, *columns.shared))
    values = ", ".join([*(f'own."{name}"' for name in columns.own), *(f'shared."{name}"' for name in columns.shared)])
    return f'INSERT INTO "{columns.model._meta.db_table}" ({names}) SELECT {values} FROM {_given(columns)}'  # noqa: S608  (our tables)


@cache
def _update(columns: _Columns) -> str:
    key, *own = columns.own
    values = [(name, "own") for name in own] + [(name, "shared") for name in columns.shared]
    written = ", ".join(f'"{_field(columns.model, name).column}" = {source}."{name}"' for name, source in values)
    return (
        f'UPDATE "{columns.model._meta.db_table}" AS stored SET {written}'  # noqa: S608  (our own tables' names)
        f' FROM {_given(columns)} WHERE stored."{_field(columns.model, key).column}" = own."{key}"'
    )


def _given(columns: _Columns) -> str:
    own, shared = _types(columns.model, columns.own), _types(columns.model, columns.shared)
    # Without a column there is no record to make; the parameter is read all the same.
    common = f"json_to_record(%s::json) AS shared({shared})" if shared else "(SELECT %s::json) AS shared"
    return f"json_to_recordset(%s::json) AS own({own}), {common}"


def _types(model: type[Model], names: Sequence[str]) -> str:
    return ", ".join(f'"{name}" {_type(_field(model, name))}' for name in names)


@cache
def _all_names(model: type[Model]) -> tuple[str, ...]:
    key = model._meta.pk
    return (key.attname, *(field.attname for field in model._meta.concrete_fields if field is not key))


@cache
def _field(model: type[Model], attname: str) -> "Field[Any, Any]":
    return next(field for field in model._meta.concrete_fields if field.attname == attname)


def _type(field: "Field[Any, Any]") -> str:
    """A cast to varchar(n) would cut what is too long; as text, the column refuses it."""
    stored = str(field.db_type(connection))
    return "text" if stored.startswith("varchar") else stored
