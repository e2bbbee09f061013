"""The statements of an operation and how PostgreSQL runs them."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from benchmarks.hot_paths import rolled_back

_EXPLAIN = "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF) "
_EXPLAINED = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
_LONGEST_LINE = 150


def plans_of(operation: Callable[[], object]) -> list[list[str]]:
    """The plan of each statement of the operation, as lines, run once more and rolled back."""
    statements: list[tuple[str, Any]] = []
    with _recording(statements):
        operation()
    plans = []
    for text, parameters in statements:
        with rolled_back(), connection.cursor() as cursor:
            cursor.execute(_EXPLAIN + text, parameters)
            plans.append([line[:_LONGEST_LINE] for (line,) in cursor.fetchall()])
    return plans


@contextmanager
def _recording(statements: list[tuple[str, Any]]) -> Iterator[None]:
    def record(execute: Any, text: str, parameters: Any, many: bool, context: Any) -> Any:
        if text.lstrip(" (").startswith(_EXPLAINED):
            statements.append((text, parameters))
        return execute(text, parameters, many, context)

    with connection.execute_wrapper(record):
        yield


def shape(plans: list[list[str]]) -> list[str]:
    """The plans' nodes and indexes, without numbers: equal where PostgreSQL goes the same way."""
    nodes = [line for plan in plans for line in plan if "->" in line or line == plan[0]]
    return [re.sub(r"\(.*|\d+", "", node).strip() for node in nodes]
