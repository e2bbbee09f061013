"""Who acts, for the audit trail: the triggers of `services_catalog.models.audit` read it from the transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from pghistory.runtime import context

from services_catalog.services.operator_actions import Doer


@contextmanager
def acting(by: Doer) -> Iterator[None]:
    """What is written inside, by this thread, is audited as done by them."""
    with context(by=by.name, officer=str(by.officer.pk) if by.officer else ""):
        yield
