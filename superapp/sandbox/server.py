"""Everything the sandbox runs, in one process: ThaID at the base port, then one port per kind of agency."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from superapp.sandbox.agencies.application import AgencyApplication
from superapp.sandbox.agencies.behaviours import BEHAVIOURS, Agency
from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.agencies.pusher import Pusher
from superapp.sandbox.credentials import THAID_CLIENT_ID, thaid_client_secret
from superapp.sandbox.listener import Application, Listener
from superapp.sandbox.thaid.application import ThaidApplication
from superapp.sandbox.thaid.provider import Provider, RelyingParty

CALLBACK_PATH = "/api/v1/auth/thaid/callback"


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox. `urls` maps "thaid" and each kind of agency to its URL, in the order of their ports."""

    urls: Mapping[str, str]
    _running: ExitStack

    def stop(self) -> None:
        """Stops listening, cuts the connections that are open and waits for pushes under way."""
        self._running.close()


def serve(
    *,
    platform_url: str,
    state: Path,
    secret: str,
    base_port: int = 0,
    redirect_uris: Sequence[str] = (),
    answers_completed: bool = False,
    behaviours: Mapping[StrEnum, type[Agency]] = BEHAVIOURS,
    late_news: float = 0.0,
) -> Sandbox:
    """Starts all servers on 127.0.0.1 and returns at once.

    `base_port` 0 takes any free ports. `state` is the directory of the ledger, made if missing.
    `redirect_uris` are those ThaID accepts, by default the platform's own callback. With `answers_completed`
    a receipt says "completed" and no news follows; else half of the news come `late_news` seconds later. Raises
    OSError if a port is taken; nothing runs then.
    """
    platform_url = platform_url.rstrip("/")
    client = RelyingParty(
        client_id=THAID_CLIENT_ID,
        client_secret=thaid_client_secret(secret=secret),
        redirect_uris=frozenset(redirect_uris or [platform_url + CALLBACK_PATH]),
    )
    with ExitStack[None]() as starting:  # undone if a port is taken, handed to the caller if all goes well
        ledger = Ledger(state)
        starting.callback(ledger.close)
        thaid = Listener(base_port, lambda url: ThaidApplication(Provider(url, client, secret)))
        starting.callback(thaid.stop)
        urls = {"thaid": thaid.url}
        for offset, (kind, behaviour) in enumerate(behaviours.items(), start=1):
            agency = AgencyApplication(behaviour(ledger, answers_completed, late_news), secret)
            listener = Listener(base_port and base_port + offset, partial(_anywhere, agency))
            starting.callback(listener.stop)
            urls[kind] = listener.url
        starting.callback(Pusher(ledger, platform_url, secret).stop)
        return Sandbox(urls, starting.pop_all())


def _anywhere(agency: Application, url: str) -> Application:
    """An agency is the same at every address."""
    return agency
