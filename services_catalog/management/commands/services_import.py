from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import Progress

from services_catalog.services.audit import acting
from services_catalog.services.moving.national_list import ImportSummary, NotTheList, read_services_csv, services_import
from services_catalog.services.operator_actions import doer_at_the_command_line


class Command(BaseCommand):
    help = "Brings the national list of services in as agencies and draft services. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="services.csv")
        parser.add_argument("--dry-run", action="store_true", help="say what would change and write nothing")

    def handle(self, *args: Any, path: Path, dry_run: bool, **options: Any) -> None:
        try:
            rows = read_services_csv(path)
        except (NotTheList, OSError) as error:
            raise CommandError(str(error)) from None
        with Progress(console=Console(stderr=True)) as progress:
            bar = progress.add_task("services", total=len(rows))
            with acting(doer_at_the_command_line()):
                summary = services_import(
                    rows, dry_run=dry_run, on_progress=lambda done: progress.update(bar, completed=done)
                )
        self._print(summary, dry_run)

    def _print(self, summary: ImportSummary, dry_run: bool) -> None:
        self.stdout.write("Would be, nothing was written:" if dry_run else "Done:")
        self.stdout.write(f"  created    {len(summary.created)} (of {summary.agencies_created} new agencies)")
        self.stdout.write(f"  updated    {len(summary.updated)}")
        self.stdout.write(f"  unchanged  {len(summary.unchanged)}")
        self.stdout.write(f"  refused    {len(summary.refused)}")
        for line, reason in summary.refused[:20]:
            self.stdout.write(f"    line {line}: {reason}")
        if len(summary.refused) > 20:
            reasons = Counter(reason for _, reason in summary.refused[20:])
            self.stdout.write(f"    and {sum(reasons.values())} more")
