"""What the commands on one lane have in common."""

from abc import abstractmethod
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, no_translations

from services_catalog.models import Lane
from services_catalog.services.operator_actions import Doer, ReasonNeeded, doer_at_the_command_line


class LaneCommand(BaseCommand):
    """Does one thing to the lane of one service, in the name of the operating system's account."""

    # What was done, and that there was nothing to do, after the code.
    done: str
    unchanged: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="CODE", help="code of the service")
        parser.add_argument("--reason", required=True, help="why; it is kept")

    @no_translations
    def handle(self, *args: Any, code: str, reason: str, **options: Any) -> None:
        lane = Lane.objects.filter(service__code=code).first()
        if lane is None:
            raise CommandError(f"No service has the code {code}, or it was never published.")
        try:
            changed = self.change(lane_id=lane.pk, by=doer_at_the_command_line(), reason=reason)
        except ReasonNeeded as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{code} {self.done if changed else self.unchanged}.")

    @abstractmethod
    def change(self, *, lane_id: UUID, by: Doer, reason: str) -> bool:
        """Returns whether there was anything to change."""
