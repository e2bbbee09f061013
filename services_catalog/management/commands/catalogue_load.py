from typing import Any

from django.core.management.base import BaseCommand

from services_catalog.services.audit import acting
from services_catalog.services.demo_catalogue import demo_catalogue_load
from services_catalog.services.operator_actions import doer_at_the_command_line


class Command(BaseCommand):
    help = "Loads the demo catalogue: agencies, services and their forms, as drafts where they are new."

    def handle(self, *args: Any, **options: Any) -> None:
        with acting(doer_at_the_command_line()):
            services = demo_catalogue_load()
        agencies = {service.agency_id for service in services}
        self.stdout.write(f"{len(services)} services of {len(agencies)} agencies.")
