import os
import signal
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from services_catalog.services.moving.national_list import NotTheList
from superapp.embedded import processes
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.ndid.bank_app import BANK_PATH
from superapp.sandbox.journey.officers import sandbox_officers
from superapp.sandbox.journey.system import DEMO, Ports, load_catalogue, running_system
from superapp.sandbox.people import TEST_PEOPLE, Person
from superapp.sandbox.ports import provider_port

_WEB_PORT = 8000
# Room for agencies to try publishing: the catalogue itself fills the usual 300.
_ROOMY_CAP = "310"
_FLOWER_OFFSET = 20


class Command(BaseCommand):
    help = "Runs the whole system on this machine until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port", type=int, default=_WEB_PORT, help="of the web (default 8000); the sandbox's ports move along"
        )

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        # Where a script starts us in the background, its shell has SIGINT ignored.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        ports = Ports(web=port, sandbox=settings.SANDBOX_PORT + port - _WEB_PORT)
        self.stdout.write("Loading the catalogue …")
        try:
            services = load_catalogue(os.environ.get("CATALOGUE", DEMO), ports)
        except (NotTheList, OSError) as error:
            raise CommandError(str(error)) from None
        flower_port = port + _FLOWER_OFFSET
        os.environ["PUBLISHED_SERVICES_CAP"] = _ROOMY_CAP
        os.environ["FLOWER_URL"] = f"http://127.0.0.1:{flower_port}"
        try:
            with running_system(ports) as stack:
                stack.start("flower", *processes.flower(port=flower_port))
                self._print_where(ports, len(services))
                while True:
                    stack.check()
                    time.sleep(1)
        except KeyboardInterrupt:
            self.stdout.write("\nStopped.")

    def _print_where(self, ports: Ports, services: int) -> None:
        lines = [
            f"{services} services are live.",
            "",
            f"  API           {ports.web_url}/api/v1/services",
            f"  API docs      {ports.web_url}/api/docs/",
            f"  Admin         {ports.web_url}/admin/",
            f"  Flower        {os.environ['FLOWER_URL']}  ({os.environ['FLOWER_BASIC_AUTH']})",
            f"  Logs          {settings.STATE_DIRECTORY / 'logs'}",
            "",
            "Admin sign-ins:",
            *(f"  {one.username:<20} {one.password}   {one.role}" for one in sandbox_officers()),
            "",
            "Digital IDs of the sandbox (failures: /switches at each address):",
            *(f"  {one:<8} {_provider_url(ports, one)}" for one in ProviderCode),
            f"  NDID's requests are answered in the banks' app: {_provider_url(ports, ProviderCode.NDID)}{BANK_PATH}",
            "",
            "People who can sign in there, and the IAL each has (+: the provider does not say):",
            f"  {'':<13}  {'  '.join(f'{one:<7}' for one in ProviderCode)}",
            *(f"  {person.number}  {_levels(person)}  {person.name_th}" for person in TEST_PEOPLE),
            "",
            f"An access token for curl: {_token_command(ports)}",
            "Ctrl-C stops everything.",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _provider_url(ports: Ports, provider: ProviderCode) -> str:
    return f"http://127.0.0.1:{provider_port(ports.sandbox, provider)}"


def _levels(person: Person) -> str:
    said = [person.levels[one] or "+" if person.is_known_to(one) else "–" for one in ProviderCode]
    return "  ".join(f"{level:<7}" for level in said)


def _token_command(ports: Ports) -> str:
    """A token names the address it was issued for: at another port the command has to be told."""
    command = ".venv/bin/python manage.py sandbox_token --citizen 1234567890121"
    return command if ports.web == _WEB_PORT else f"PUBLIC_URL={ports.web_url} {command}"
