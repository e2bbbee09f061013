from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from citizens.service_requests.archive.write import Ended, requests_archive, requests_past_age

_OFF = "The archive is off: ARCHIVE_DIRECTORY is empty."


class Command(BaseCommand):
    help = "Moves final requests past their age to files in ARCHIVE_DIRECTORY. Running it again goes on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say how many there are and move nothing")
        parser.add_argument("--minutes", type=int, default=24 * 60, help="stop after this long (a day)")

    def handle(self, *args: Any, dry_run: bool, minutes: int, **options: Any) -> None:
        if dry_run:
            days = settings.REQUEST_RETENTION.days
            self.stdout.write(f"{requests_past_age().count()} requests have been final for more than {days} days.")
            if not settings.ARCHIVE_DIRECTORY:
                self.stdout.write(_OFF)
            return
        try:
            run = requests_archive(for_at_most=timedelta(minutes=minutes))
        except OSError as error:
            raise CommandError(f"Nothing was deleted that is not in a file: {error}") from None
        if run.ended == Ended.OFF:
            raise CommandError(_OFF)
        self.stdout.write(f"{run.requests} requests moved to {run.files} files in {settings.ARCHIVE_DIRECTORY}.")
        if run.ended == Ended.BUSY:
            raise CommandError("Another archiver is at work.")
        if run.ended == Ended.OUT_OF_TIME:
            self.stdout.write("The time is over; run it again for the rest.")
