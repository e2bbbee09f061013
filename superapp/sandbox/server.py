"""Everything the sandbox runs, in one process: a port for each identity provider and for each kind of agency."""

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from superapp.sandbox.agencies.application import AgencyApplication
from superapp.sandbox.agencies.behaviours import BEHAVIOURS, Agency
from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.agencies.mini_app import WithMiniApp
from superapp.sandbox.agencies.pusher import Pusher
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.servers import start_provider
from superapp.sandbox.listener import Application, Listener
from superapp.sandbox.ports import agency_ports, provider_port


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox. `urls` maps each identity provider and kind of agency to its URL, in the order of ports."""

    urls: Mapping[str, str]
    _running: ExitStack

    def stop(self) -> None:
        """Stops listening, cuts the connections that are open and waits for pushes under way."""
        self._running.close()


def serve(
    *,
    platform_url: str,
    phone_addresses: Collection[str] = (),
    state: Path,
    secret: str,
    base_port: int = 0,
    answers_completed: bool = False,
    behaviours: Mapping[StrEnum, type[Agency]] = BEHAVIOURS,
    late_news: float = 0.0,
) -> Sandbox:
    """Starts all servers on 127.0.0.1 and returns at once.

    `phone_addresses` are where people may be sent after signing out of an identity provider. `base_port` 0 takes any
    free ports. `state` is the directory of the ledger, made if missing. With `answers_completed` a receipt says
    "completed" and no news follows; else half of the news come `late_news` seconds later. Raises OSError if a port is
    taken; nothing runs then.
    """
    platform_url = platform_url.rstrip("/")
    with ExitStack[None]() as starting:  # undone if a port is taken, handed to the caller if all goes well
        ledger = Ledger(state)
        starting.callback(ledger.close)
        urls: dict[str, str] = {}
        for provider in ProviderCode:
            port = base_port and provider_port(base_port, provider)
            urls[provider] = start_provider(provider, port, platform_url, phone_addresses, secret, starting)
        ports = agency_ports(base_port, behaviours)
        for kind, behaviour in behaviours.items():
            machines = AgencyApplication(behaviour(ledger, answers_completed, late_news), secret)
            agency = WithMiniApp(machines, platform_url, secret)
            listener = Listener(base_port and ports[kind], partial(_anywhere, agency))
            starting.callback(listener.stop)
            urls[kind] = listener.url
        starting.callback(Pusher(ledger, platform_url, secret).stop)
        return Sandbox(urls, starting.pop_all())


def _anywhere(agency: Application, url: str) -> Application:
    """An agency is the same at every address."""
    return agency
