"""Writing many rows in one statement, without the expression for each cell that `bulk_update` compiles.

A parameter for each column, an element for each row (`unnest`): the statement is the same for every batch.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, JSONField, Model


def insert_rows(model: type[Model], rows: Sequence[Model], *, ignore_conflicts: bool = False) -> None:
    """Inserts rows as they are in memory, every column of them."""
    names = tuple(field.attname for field in model._meta.concrete_fields)
    statement = _insert(model)
    _execute(f"{statement} ON CONFLICT DO NOTHING" if ignore_conflicts else statement, model, rows, names)


def write_rows(model: type[Model], rows: Sequence[Model], fields: tuple[str, ...]) -> None:
    """Writes the named fields of rows that exist, as they are in memory."""
    _execute(_update(model, fields), model, rows, ("pk", *fields))


def _execute(statement: str, model: type[Model], rows: Sequence[Model], names: tuple[str, ...]) -> None:
    if not rows:
        return
    parameters = []
    for name in names:
        field = _column(model, name)
        values = [getattr(row, field.attname) for row in rows]
        prepare = _preparation(field)
        parameters.append([*map(prepare, values)] if prepare else values)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


@cache
def _insert(model: type[Model]) -> str:
    columns = list(model._meta.concrete_fields)
    names = ", ".join(f'"{field.column}"' for field in columns)
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in columns)
    return f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT * FROM unnest({arrays})'  # noqa: S608  (our tables)


@cache
def _update(model: type[Model], fields: tuple[str, ...]) -> str:
    columns = [_column(model, name) for name in ("pk", *fields)]
    names = ", ".join(f'"{field.column}"' for field in columns)
    arrays = ", ".join(f"%s::{_type(field)}[]" for field in columns)
    written = ", ".join(f'"{field.column}" = given."{field.column}"' for field in columns[1:])
    key = columns[0].column
    return (
        f'UPDATE "{model._meta.db_table}" AS stored SET {written}'  # noqa: S608  (our own tables' names)
        f' FROM unnest({arrays}) AS given({names}) WHERE stored."{key}" = given."{key}"'
    )


@cache
def _column(model: type[Model], name: str) -> "Field[Any, Any]":
    if name == "pk":
        return model._meta.pk
    return next(field for field in model._meta.concrete_fields if name in (field.name, field.attname))


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
