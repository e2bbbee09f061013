import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services_catalog.adapters import http

Resolve = Callable[..., None]


@pytest.fixture(scope="package", autouse=True)
def _no_connection_is_kept_beyond_these_tests() -> Iterator[None]:
    yield
    http.close_idle_connections()


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Resolve:
    """resolve(name, [addresses], [addresses later] …) replaces what the resolver says about a name, time by time."""
    really = socket.getaddrinfo
    known: dict[str, list[list[str]]] = {}

    def getaddrinfo(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in known:
            return really(host, port, *args, **kwargs)
        answers = known[host]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [entry for address in addresses for entry in really(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    def add(name: str, *answers: list[str]) -> None:
        known[name] = list(answers)

    return add
