"""Putting archived requests back."""

from typing import Any

from django.core import serializers
from django.db import IntegrityError, transaction

from citizens.service_requests.archive.files import ArchivedRequest
from citizens.service_requests.models import ServiceRequest


class CannotRestore(Exception):
    """A row that the request needs is gone, or one of its own is there already."""


def request_restore(archived: ArchivedRequest) -> bool:
    """Writes all rows of the request as they were, or none; False where the request exists. Raises CannotRestore.

    Columns that have gone since are left out, and new ones get their defaults.
    """
    if ServiceRequest.objects.filter(pk=archived.reference).exists():
        return False
    rows: list[Any] = [dict(row) for row in archived.rows]
    try:
        with transaction.atomic():
            for row in serializers.deserialize("python", rows, ignorenonexistent=True):
                # As it was: a raw save leaves out the model's own defaults of time.
                row.save(force_insert=True)
    except IntegrityError as error:
        raise CannotRestore(type(error.__cause__).__name__) from None
    return True
