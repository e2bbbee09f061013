"""Queries whose SQL is made once: for those that are asked so often that compiling costs more than asking."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)

# What the SQL is made with, in the places of what each asker gives.
_SOME_ID = UUID(int=0)
_SOME_MOMENT = datetime(1, 1, 2, tzinfo=UTC)


class PreparedQuery(Generic[Row]):
    """`make(id, now)` gives a query; `first(id, now)` asks the same of other values.

    For queries that differ by nothing else, without related rows.
    """

    def __init__(self, make: Callable[[UUID, datetime], "QuerySet[Row]"]) -> None:
        self._make = make

    def first(self, row_id: UUID, now: datetime) -> Row | None:
        model, sql, parameters = self._prepared
        given = {_SOME_ID: row_id, _SOME_MOMENT: now}
        return next(iter(model._default_manager.raw(sql, [given.get(one, one) for one in parameters])), None)

    def get(self, row_id: UUID, now: datetime) -> Row:
        """Raises the model's DoesNotExist."""
        row = self.first(row_id, now)
        if row is None:
            raise self._prepared[0].DoesNotExist  # type: ignore[attr-defined]
        return row

    @cached_property
    def _prepared(self) -> tuple[type[Row], str, tuple[object, ...]]:
        query = self._make(_SOME_ID, _SOME_MOMENT)
        sql, parameters = query.query.sql_with_params()
        return query.model, sql, parameters
