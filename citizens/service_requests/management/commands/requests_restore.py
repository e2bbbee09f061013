from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from citizens.service_requests.archive.files import ArchivedRequest, NotAnArchive, read_files
from citizens.service_requests.archive.restore import CannotRestore, request_restore


class Command(BaseCommand):
    help = "Puts archived requests back into the database, but for those that are there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--receipt", help="only the request with this receipt number")

    def handle(self, *args: Any, files: list[Path], receipt: str | None, **options: Any) -> None:
        self._restored, self._existed, self._refused = 0, 0, 0
        try:
            for request in read_files(files):
                if receipt in (None, request.receipt_number):
                    self._restore(request)
        except (NotAnArchive, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{self._restored} requests put back, {self._existed} were there.")
        if self._refused:
            raise CommandError(f"{self._refused} could not be put back.")

    def _restore(self, request: ArchivedRequest) -> None:
        try:
            restored = request_restore(request)
        except CannotRestore as error:
            self.stderr.write(f"{request.reference}: {error}")
            self._refused += 1
        else:
            self._restored += restored
            self._existed += not restored
