from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db.models import Q, QuerySet

from citizens.service_requests.models import ServiceRequest, Status
from citizens.service_requests.operating import AT_MOST, Operated, requests_requeue, requests_retry_now
from services_catalog.models import Service
from services_catalog.services.operator_actions import ReasonNeeded, doer_at_the_command_line, require_reason

_PARKED, _UNDELIVERABLE = ~Q(parked_reason=""), Q(status=Status.UNDELIVERABLE)
_STUCK = _PARKED | _UNDELIVERABLE


class Command(BaseCommand):
    help = (
        "Tries requests again: what is parked or undeliverable is requeued, what waits for its next attempt is due now."
        " Name receipt numbers, or say which with --parked, --undeliverable and --service (alone: what waits)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("receipts", nargs="*", metavar="RECEIPT", help="receipt numbers")
        parser.add_argument("--parked", action="store_true", help="all that are parked")
        parser.add_argument("--undeliverable", action="store_true", help="all that were given up")
        parser.add_argument("--service", metavar="CODE", help="only those of this service")
        parser.add_argument("--reason", required=True, help="why; it is kept")
        parser.add_argument(
            "--agency-has-nothing",
            action="store_true",
            help="you have asked the agency: also requeue what may have arrived and cannot be found out about",
        )

    @no_translations
    def handle(self, *args: Any, reason: str, agency_has_nothing: bool, **options: Any) -> None:
        try:
            require_reason(reason)
        except ReasonNeeded as error:
            raise CommandError(str(error)) from None
        chosen = _chosen(options)
        how: dict[str, Any] = {"by": doer_at_the_command_line(), "reason": reason}
        requeue = partial(requests_requeue, agency_has_nothing=agency_has_nothing, **how)
        stuck = list(chosen.filter(_STUCK).values_list("pk", flat=True))
        waiting = list(chosen.exclude(_STUCK).values_list("pk", flat=True))
        requeued = _in_portions(stuck, requeue)
        retried = _in_portions(waiting, partial(requests_retry_now, **how))
        self.stdout.write(f"{requeued.done} requeued, {retried.done} due now.")
        for refusal, count in (requeued.refused + retried.refused).items():
            self.stdout.write(f"Not done for {count}: {refusal.label}.")


def _chosen(options: dict[str, Any]) -> QuerySet[ServiceRequest]:
    """Raises CommandError when nothing was named, or something that does not exist."""
    code, receipts = options["service"], set(options["receipts"])
    requests = ServiceRequest.objects.all()
    if code:
        if not Service.objects.filter(code=code).exists():
            raise CommandError(f"No service has the code {code}.")
        requests = requests.filter(service__code=code)
    if receipts:
        requests = requests.filter(receipt_number__in=receipts)
        if missing := receipts - set(requests.values_list("receipt_number", flat=True)):
            raise CommandError(f"No such request: {', '.join(sorted(missing))}.")
    if options["parked"] or options["undeliverable"]:
        return requests.filter(_asked_for(options))
    if receipts:
        return requests
    if code:
        return requests.filter(next_attempt_at__isnull=False)
    raise CommandError("Say which: receipt numbers, --parked, --undeliverable or --service.")


def _asked_for(options: dict[str, Any]) -> Q:
    which = Q(pk__in=[])
    if options["parked"]:
        which |= _PARKED
    if options["undeliverable"]:
        which |= _UNDELIVERABLE
    return which


def _in_portions(ids: Sequence[UUID], operate: Callable[..., Operated]) -> Operated:
    portions = (ids[start : start + AT_MOST] for start in range(0, len(ids), AT_MOST))
    return sum((operate(ids=portion) for portion in portions), Operated())
