from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from citizens.service_requests.reconciliation.recording import Finding
from citizens.service_requests.reconciliation.run import reconcile
from services_catalog.models import Lane


class Command(BaseCommand):
    help = "Compares a part of what we think the agencies have with what they say, as the clock has it done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--service", default="", metavar="CODE", help="this service only")

    def handle(self, *args: Any, service: str, **options: Any) -> None:
        if service and not Lane.objects.filter(service__code=service).exists():
            raise CommandError(f"There is no lane of a service {service}.")
        found = reconcile(service_code=service)
        for finding in Finding:
            self.stdout.write(f"{finding.value}: {found[finding]}")
