from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from superapp.operations.messages import compiled, read_po


class Command(BaseCommand):
    help = "Compiles locale/*/LC_MESSAGES/*.po into the .mo files beside them, which are kept in git."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                messages = read_po(source)
                source.with_suffix(".mo").write_bytes(compiled(messages))
                self.stdout.write(f"{source}: {sum(1 for text in messages.values() if text)} texts")
