import os
import sys
import time
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich.console import Console

from citizens.service_requests.models import ServiceRequest
from services_catalog.services.moving.national_list import NotTheList
from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.ndid.bank_app import BANK_PATH
from superapp.sandbox.journey import demo, one_citizen, show
from superapp.sandbox.journey.figures import Bar, figures_line
from superapp.sandbox.journey.phone import Phone
from superapp.sandbox.journey.providers import usable_providers
from superapp.sandbox.journey.system import DEMO, Ports, free_ports, load_catalogue, running_system
from superapp.sandbox.ports import provider_port

_BARS = {
    "services_published": Bar(300, "exactly"),
    "requests_completed": Bar(5 * demo.REQUESTS_PER_KIND, "at_least"),
    "requests_undeliverable": Bar(demo.REQUESTS_PER_KIND, "at_least"),
    "requests_lost": Bar(0, "exactly"),
    "requests_duplicated": Bar(0, "exactly"),
    "providers_signed_in": Bar(len(usable_providers()), "exactly"),
    "citizens_for_one_person": Bar(1, "exactly"),
}


class Command(BaseCommand):
    help = "Shows the whole system at work: starts it, acts as the mobile client, counts what came of it."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        console = Console(width=None if sys.stdout.isatty() else 120)
        ports = free_ports()
        console.print("Loading the catalogue …")
        try:
            services = load_catalogue(os.environ.get("CATALOGUE", DEMO), ports)
        except (NotTheList, OSError) as error:
            raise CommandError(str(error)) from None
        show.catalogue_summary(console, services)
        console.print("Starting web, workers, beat and the sandbox …")
        with running_system(ports) as stack:
            journey, shown = self._travel(console, ports, services)
            stack.check()
        figures = {
            "services_published": len(services),
            "agencies": len({service.agency_id for service in services}),
            **demo.audit(journey, Ledger(settings.SANDBOX_STATE)),
            **one_citizen.figures(shown),
            "seconds": round(time.monotonic() - started, 1),
        }
        line, ok = figures_line("demo", figures, _BARS)
        print(line)
        if not ok:
            raise SystemExit(1)

    def _travel(
        self, console: Console, ports: Ports, services: Any
    ) -> tuple[demo.Journey, Sequence[one_citizen.SignedIn]]:
        phones = demo.sign_in_citizens(ports.web_url)
        console.print(f"{len(phones)} citizens have signed in with ThaID.")
        journey = demo.travel(phones, services)
        show.search_results(console, "ใบขับขี่", journey.search_results)
        console.print(f"{len(journey.accepted)} requests were accepted.")
        shown = self._sign_in_everywhere(console, ports, journey)
        console.print(f"Following {len(journey.accepted)} requests …")
        with console.status("") as status:
            demo.follow(journey, lambda counts: status.update(", ".join(f"{n} {name}" for name, n in counts.items())))
        show.journeys(console, [_row(one) for one in _requests(journey)])
        show.timeline(console, *demo.most_eventful(journey, phones[0]))
        inbox = phones[0].get("/api/v1/notifications")["results"]
        console.print(f"Inbox of that citizen, newest first: {inbox[0]['title']['th']} · {inbox[0]['title']['en']}\n")
        for phone in {*phones, *journey.accepted.values()}:
            phone.close()
        return journey, shown

    def _sign_in_everywhere(
        self, console: Console, ports: Ports, journey: demo.Journey
    ) -> Sequence[one_citizen.SignedIn]:
        """One more person, who signs in with every provider that is on and sends a request with the first."""
        person = one_citizen.somebody_new()
        bank_app = f"http://127.0.0.1:{provider_port(ports.sandbox, ProviderCode.NDID)}{BANK_PATH}"
        first, *others = one_citizen.providers_on(next(iter(journey.accepted.values())))
        phone = Phone(ports.web_url)
        one_citizen.sign_in(phone, person, first, bank_app=bank_app)
        journey.accepted[phone.send_example(journey.search_results[0]["code"])] = phone
        shown = [one_citizen.shown_by(phone, first)]
        for provider in others:
            phone = Phone(ports.web_url)
            one_citizen.sign_in(phone, person, provider, bank_app=bank_app)
            shown.append(one_citizen.shown_by(phone, provider))
            phone.close()
        show.one_citizen(console, person, shown)
        return shown


def _requests(journey: demo.Journey) -> Any:
    return ServiceRequest.objects.filter(pk__in=journey.accepted).prefetch_related("events").order_by("id")


def _row(service_request: ServiceRequest) -> dict[str, Any]:
    events = sorted(service_request.events.all(), key=lambda one: one.sequence)
    return {
        "receipt_number": service_request.receipt_number,
        "statuses": [event.status for event in events],
        "attempts": service_request.attempt_count,
        "seconds": (events[-1].created_at - service_request.created_at).total_seconds(),
    }
