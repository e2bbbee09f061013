from typing import Any

from django.core.management.base import BaseCommand

from services_catalog.services.demo_catalogue import demo_catalogue_load


class Command(BaseCommand):
    help = "Loads the demo catalogue: agencies, services and their forms, as drafts where they are new."

    def handle(self, *args: Any, **options: Any) -> None:
        services = demo_catalogue_load()
        agencies = {service.agency_id for service in services}
        self.stdout.write(f"{len(services)} services of {len(agencies)} agencies.")
