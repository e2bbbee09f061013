from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from citizens.service_requests.archive.files import NotAnArchive, read_files


class Command(BaseCommand):
    help = "Prints archived requests as JSON lines. What citizens entered stays encrypted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--receipt", help="only the request with this receipt number")

    def handle(self, *args: Any, files: list[Path], receipt: str | None, **options: Any) -> None:
        found = 0
        try:
            for request in read_files(files):
                if receipt in (None, request.receipt_number):
                    self.stdout.write(request.as_line())
                    found += 1
        except (NotAnArchive, OSError) as error:
            raise CommandError(str(error)) from None
        if receipt and not found:
            raise CommandError(f"{receipt} is in none of these files.")
