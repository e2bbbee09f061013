import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from superapp.operations.doctor.examination import examine
from superapp.operations.doctor.report import print_report


class Command(BaseCommand):
    help = "Says whether configuration, servers, queues and workers are well, and what to do where they are not."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        if code := print_report(examine(), as_json=options["json"], out=self.stdout):
            sys.exit(code)
