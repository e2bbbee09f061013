from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from services_catalog.models import Officer
from services_catalog.services.second_factor import second_factor_reset


class Command(BaseCommand):
    """For when the last administrator has lost the phone and the recovery codes."""

    help = "Lets an officer set up another second factor at the next sign-in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        officer = Officer.objects.filter(username=username).first()
        if officer is None:
            raise CommandError(f"There is no officer {username}.")
        second_factor_reset(officer=officer)
        print(f"The second factor of {username} is reset.")
