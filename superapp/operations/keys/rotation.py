"""Re-encrypts and recomputes beside live traffic.

Rows are taken in small batches by key, those that somebody else holds are left for the next pass, and each value is
written only where the old one still stands: nothing waits for us for long, and nothing newer is overwritten. What is
done is recognised by the key it is under, so that an interrupted run goes on where it was.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Model

from services_catalog.encryption import CannotDecrypt, decrypt, encrypt, is_current
from superapp.operations.keys.registry import LOOKED, SEALED, Looked, Sealed

_BATCH = 100
_PASSES = 5


@dataclass(slots=True)
class Found:
    """Of one column: how many values are under old keys, how many were moved, how many no key opens."""

    name: str
    old: int = 0
    moved: int = 0
    unreadable: int = 0


def rotation_run(*, write: bool) -> Iterator[Found]:
    """Column by column. With `write` until nothing is left, or what is left was held by others all the time."""
    columns: list[Sealed | Looked] = [*SEALED, *LOOKED]
    for column in columns:
        found = _pass(column, write=write)
        moved = found.moved
        for _ in range(_PASSES if write else 0):
            if not found.old - found.moved:
                break
            found = _pass(column, write=True)
            moved += found.moved
        left = found.old - found.moved
        yield Found(found.name, old=left, moved=moved, unreadable=found.unreadable)


def _pass(column: Sealed | Looked, *, write: bool) -> Found:
    found = Found(f"{column.model._meta.db_table}.{column.column}")
    renewed = _sealed_anew(column) if isinstance(column, Sealed) else _fingerprinted_anew(column)
    last: Any = None
    while keys := _next_keys(column.model, last):
        _batch(column, keys, renewed, found, write=write)
        last = keys[-1]
    return found


def _next_keys(model: type[Model], last: Any) -> list[Any]:
    rows = model._default_manager.order_by("pk")
    after = rows.filter(pk__gt=last) if last is not None else rows
    return list(after.values_list("pk", flat=True)[:_BATCH])


def _batch(
    column: Sealed | Looked, keys: list[Any], renewed: Callable[[Any], bytes | None], found: Found, *, write: bool
) -> None:
    with transaction.atomic():
        rows = column.model._default_manager.filter(pk__in=keys)
        if write:
            held_by_others = rows.count()
            rows = rows.select_for_update(skip_locked=True)
        for row in rows:
            if write:
                held_by_others -= 1
            _row(column, row, renewed, found, write=write)
        if write:
            found.old += max(held_by_others, 0)


def _row(
    column: Sealed | Looked, row: Any, renewed: Callable[[Any], bytes | None], found: Found, *, write: bool
) -> None:
    before = getattr(row, column.column)
    try:
        after = renewed(row)
    except CannotDecrypt:
        found.unreadable += 1
        return
    if after is None:
        return
    found.old += 1
    if write:
        unchanged = column.model._default_manager.filter(pk=row.pk, **{column.column: before})
        found.moved += unchanged.update(**{column.column: after})


def _sealed_anew(column: Sealed) -> Callable[[Any], bytes | None]:
    def renewed(row: Any) -> bytes | None:
        blob = getattr(row, column.column)
        if blob is None or is_current(blob):
            return None
        place = column.place(row)
        return encrypt(decrypt(blob, bound_to=place), bound_to=place)

    return renewed


def _fingerprinted_anew(column: Looked) -> Callable[[Any], bytes | None]:
    def renewed(row: Any) -> bytes | None:
        known_as = column.known_as(row)
        return known_as[0] if known_as and bytes(getattr(row, column.column)) != known_as[0] else None

    return renewed
