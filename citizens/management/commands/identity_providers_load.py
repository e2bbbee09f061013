from typing import Any

from django.core.management.base import BaseCommand

from citizens.identity.providers.presets import providers_load
from services_catalog.services.audit import acting
from services_catalog.services.operator_actions import doer_at_the_command_line


class Command(BaseCommand):
    help = "Writes the rows of Thailand's digital IDs that are missing, switched off. Changes none that is there."

    def handle(self, *args: Any, **options: Any) -> None:
        with acting(doer_at_the_command_line()):
            written = providers_load()
        for code in written:
            self.stdout.write(f"{code}: written, switched off")
