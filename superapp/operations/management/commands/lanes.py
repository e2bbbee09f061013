from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from services_catalog.models import Breaker, Lane
from superapp.operations.figures import LaneFigures, lane_figures

_HEADINGS = (
    *("lane", "waiting", "oldest", "parked", "in flight", "rate", "success"),
    *("breaker", "since", "next probe", "standing"),
)


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
    return (
        one.lane.service.code,
        str(one.waiting),
        _between(one.oldest, one.now),
        str(one.parked),
        f"{one.in_flight}/{one.slots}",
        _rate(one),
        "-" if one.ended.success_percent is None else f"{one.ended.success_percent}%",
        *_breaker(one),
        one.standing.value,
    )


def _rate(one: LaneFigures) -> str:
    """Calls per second, and today's of those of a day: 5/s 12 of 1000."""
    lane = one.lane
    per_second = f"{lane.rate_per_second}/s" if lane.rate_per_second else ""
    today = f"{one.calls_today} of {lane.rate_per_day}" if lane.rate_per_day else ""
    return f"{per_second} {today}".strip() or "-"


def _breaker(one: LaneFigures) -> tuple[str, str, str]:
    """Its state, for how long, and in how long it is tried; only the state where it is held."""
    lane = one.lane
    if lane.breaker_override:
        return f"held {lane.breaker_override}", "-", "-"
    next_probe = lane.breaker_probe_at if lane.breaker == Breaker.OPEN else None
    return lane.breaker, _between(lane.breaker_since, one.now), _between(one.now, next_probe)


def _between(earlier: datetime | None, later: datetime | None) -> str:
    """Hours, minutes and seconds: 73:02:03. 0:00:00 where they are the other way round."""
    if earlier is None or later is None:
        return "-"
    minutes, seconds = divmod(max(0, int((later - earlier) / timedelta(seconds=1))), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"
