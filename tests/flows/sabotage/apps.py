import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import uuid4

from django.apps import AppConfig


class SabotageConfig(AppConfig):
    name = "tests.flows.sabotage"

    def ready(self) -> None:
        # Each imports what it breaks: models can be imported only now.
        saboteurs: dict[str, Callable[[], None]] = {"sending": _never_mark_sending, "key": _another_key_each_time}
        saboteurs.get(os.environ.get("SABOTAGE", ""), lambda: None)()


def _never_mark_sending() -> None:
    """Calls start without the mark, so that a crash in the call looks like one before it."""
    from citizens.service_requests.routing import claim

    marks = claim.mark_sending

    def pretend(claimed: Sequence[claim.Claimed]) -> list[claim.Claimed]:
        return list(claimed)

    for name, module in list(sys.modules.items()):
        if name.startswith("citizens.service_requests.routing") and getattr(module, "mark_sending", None) is marks:
            module.mark_sending = pretend  # type: ignore[attr-defined]


def _another_key_each_time() -> None:
    from services_catalog.adapters.contrib.rest_json.adapter import RestJsonAdapter
    from services_catalog.adapters.types import CallSettings, Receipt, Submission

    honest = RestJsonAdapter.submit

    def submit(self: RestJsonAdapter, submission: Submission, call: CallSettings) -> Receipt:
        return honest(self, replace(submission, idempotency_key=uuid4().hex), call)

    RestJsonAdapter.submit = submit  # type: ignore[method-assign]
