from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from services_catalog.models import Lane
from superapp.operations.figures import LaneFigures, lane_figures

_HEADINGS = ("lane", "waiting", "oldest", "parked", "in flight", "breaker", "standing")


class Command(BaseCommand):
    help = "Lists the lanes as they run, what needs a human first."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("codes", nargs="*", metavar="CODE", help="codes of services (all that are not quiet)")
        parser.add_argument("--all", action="store_true", help="those where nothing happens as well")

    @no_translations
    def handle(self, *args: Any, codes: list[str], **options: Any) -> None:
        lanes = Lane.objects.filter(service__code__in=codes) if codes else Lane.objects.all()
        figures = lane_figures(lanes)
        if unknown := set(codes) - {one.lane.service.code for one in figures}:
            raise CommandError(f"No service has the code {', '.join(sorted(unknown))}, or it was never published.")
        shown = figures if codes or options["all"] else [one for one in figures if not one.is_quiet]
        rows = [_HEADINGS, *(_row(one) for one in shown)]
        widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
        for row in rows:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        if len(shown) < len(figures):
            self.stdout.write(f"{len(figures) - len(shown)} more are quiet; --all lists them.")


def _row(one: LaneFigures) -> tuple[str, ...]:
    lane = one.lane
    return (
        lane.service.code,
        str(one.waiting),
        _age(one),
        str(one.parked),
        f"{one.in_flight}/{one.slots}",
        f"held {lane.breaker_override}" if lane.breaker_override else lane.breaker,
        one.standing.value,
    )


def _age(one: LaneFigures) -> str:
    """Since when the oldest waits, in whole seconds: 1:02:03."""
    return str(timedelta(seconds=int((one.now - one.oldest).total_seconds()))) if one.oldest else "-"
