import os
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from superapp.sandbox.agencies.behaviours import BEHAVIOURS
from superapp.sandbox.agencies.troublesome import ALL_BEHAVIOURS
from superapp.sandbox.server import Sandbox, serve


class Command(BaseCommand):
    help = "Runs the sandbox's digital IDs and agencies until it is told to stop. Touches no database."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port", type=int, default=settings.SANDBOX_PORT, help="of ThaID; the others are at ports above it"
        )
        parser.add_argument("--platform-url", default=settings.PUBLIC_URL, help="where people and news are sent")
        parser.add_argument("--late-news", type=float, default=0.0, help="seconds by which half of the news are late")
        parser.add_argument("--troublesome", action="store_true", help="with the kinds of agency that only chaos has")

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        sandbox = self._start(options)
        for name, url in sandbox.urls.items():
            self.stdout.write(f"{name:<10} {url}")
        self.stdout.flush()
        stopping.wait()
        sandbox.stop()

    def _start(self, options: dict[str, Any]) -> Sandbox:
        try:
            return serve(
                platform_url=options["platform_url"],
                phone_addresses=settings.PHONE_REDIRECT_URIS,
                state=settings.SANDBOX_STATE,
                secret=settings.SANDBOX_SECRET,
                base_port=options["port"],
                answers_completed=os.environ.get("SANDBOX_ANSWERS_COMPLETED") == "1",
                late_news=options["late_news"],
                behaviours=ALL_BEHAVIOURS if options["troublesome"] else BEHAVIOURS,
            )
        except OSError as error:
            raise CommandError(f"The sandbox cannot start: {error}") from error
