"""Writing many rows in one statement, without the expression for each cell that `bulk_update` compiles.

A parameter for each column: an array with an element for each row (`unnest`), or one value where all have the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is written of a model: all columns' names, and those of which all rows have the same value."""

    model: type[Model]
    names: tuple[str, ...]
    same: frozenset[str]


def insert_rows(model: type[Model], rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Inserts rows as they are in memory, every column of them."""
    if rows:
        columns, parameters = _gather(model, rows, tuple(field.attname for field in model._meta.concrete_fields))
        statement = _insert(columns)
        _execute(f"{statement} ON CONFLICT DO NOTHING" if ignore_conflicts else statement, parameters)


def write_rows(model: type[Model], rows: Sequence[Model], fields: tuple[str, ...]) -> None:
    """Writes the named fields of rows that exist, as they are in memory."""
    if rows:
        columns, parameters = _gather(model, rows, ("pk", *fields))
        _execute(_update(columns), parameters)


def _execute(statement: str, parameters: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def _gather(model: type[Model], rows: Sequence[Model], names: tuple[str, ...]) -> tuple[_Columns, list[Any]]:
    """The parameters in the order of the statements: single values, then arrays."""
    single: dict[str, Any] = {}
    arrays: list[Any] = []
    for name in names:
        field = _column(model, name)
        values = [getattr(row, field.attname) for row in rows]
        if not field.primary_key and values.count(values[0]) == len(values):
            single[name] = _prepared(field, values[:1])[0]
        else:
            arrays.append(_prepared(field, values))
    return _Columns(model, names, frozenset(single)), [*single.values(), *arrays]


def _prepared(field: "Field[Any, Any]", values: list[Any]) -> list[Any]:
    prepare = _preparation(field)
    return [*map(prepare, values)] if prepare else values


@cache
def _insert(columns: _Columns) -> str:
    fields = {name: _column(columns.model, name) for name in columns.names}
    names = ", ".join(f'"{field.column}"' for field in fields.values())
    values = ", ".join(_value(columns, name) for name in fields)
    return f'INSERT INTO "{columns.model._meta.db_table}" ({names}) SELECT {values} FROM {_given(columns)}'  # noqa: S608  (our tables)


@cache
def _update(columns: _Columns) -> str:
    key = columns.model._meta.pk.column
    written = ", ".join(
        f'"{_column(columns.model, name).column}" = {_value(columns, name)}' for name in columns.names if name != "pk"
    )
    return (
        f'UPDATE "{columns.model._meta.db_table}" AS stored SET {written}'  # noqa: S608  (our own tables' names)
        f' FROM {_given(columns)} WHERE stored."{key}" = given."{key}"'
    )


def _value(columns: _Columns, name: str) -> str:
    field = _column(columns.model, name)
    return f"%s::{_type(field)}" if name in columns.same else f'given."{field.column}"'


def _given(columns: _Columns) -> str:
    fields = [_column(columns.model, name) for name in columns.names if name not in columns.same]
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in fields)
    names = ", ".join(f'"{field.column}"' for field in fields)
    return f"unnest({arrays}) AS given({names})"


@cache
def _column(model: type[Model], name: str) -> "Field[Any, Any]":
    if name == "pk":
        return model._meta.pk
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))


@cache
def _type(field: "Field[Any, Any]") -> str:
    """A cast to varchar(n) would cut what is too long; as text, the column refuses it."""
    stored = str(field.db_type(connection))
    return "text" if stored.startswith("varchar") else stored


@cache
def _preparation(field: "Field[Any, Any]") -> Callable[[Any], Any] | None:
    """What makes a value what the driver takes, where the value itself is not."""
    if isinstance(field, JSONField):
        return lambda value: field.get_db_prep_save(value, connection)
    if field.choices:
        return lambda value: None if value is None else str(value)
    return None
