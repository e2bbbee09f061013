"""Sign-ins per second at the sandbox, by a digital ID of each protocol: all that phones and providers do, over HTTP."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from citizens.models import IdentityProvider
from superapp.embedded.stack import Stack
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.ndid.bank_app import BANK_PATH
from superapp.sandbox.journey.one_citizen import sign_in
from superapp.sandbox.journey.phone import Phone
from superapp.sandbox.journey.providers import sandbox_providers_write
from superapp.sandbox.journey.system import Ports, system_processes, wait_until_ready
from superapp.sandbox.people import Person, check_digit, person_for
from superapp.sandbox.ports import provider_port

PHONES = 16
_LEGS = {
    IdentityProvider.Protocol.OIDC: ProviderCode.THAID,
    IdentityProvider.Protocol.OAUTH_PROFILE: ProviderCode.MOPROM,
    IdentityProvider.Protocol.CONSENT_REQUEST: ProviderCode.NDID,
}


def sign_ins_per_second(state: Path, ports: Ports, rounds: int, sign_ins: int) -> dict[str, float]:
    """Medians of the rounds. The whole system runs, as `make run` has it."""
    sandbox_providers_write(base_port=ports.sandbox)
    environment = {**os.environ, "PUBLIC_URL": ports.web_url, "SANDBOX_PORT": str(ports.sandbox)}
    people = _people()
    per_second: dict[str, list[float]] = {protocol.value: [] for protocol in _LEGS}
    with Stack(state / "logs", environment) as stack:
        for name, argv in system_processes(ports).items():
            stack.start(name, *argv)
        wait_until_ready(stack, ports)
        for number in range(-1, rounds):  # the first round warms up
            for protocol, found in per_second.items():
                measured = _measure(ports, _LEGS[IdentityProvider.Protocol(protocol)], people, sign_ins)
                print(f"round {number}: {protocol:<16} {measured:6.1f} sign-ins /s")
                if number >= 0:
                    found.append(measured)
        stack.check()
    return {f"{protocol}_sign_ins_per_second": round(median(found), 1) for protocol, found in per_second.items()}


def _people() -> Iterator[Person]:
    """No one signs in twice."""
    for number in count():
        first_twelve = f"17{number:010d}"
        yield person_for(first_twelve + check_digit(first_twelve))


def _measure(ports: Ports, provider: ProviderCode, people: Iterator[Person], sign_ins: int) -> float:
    """Each phone goes from hand to hand."""
    queues = [[next(people) for _ in range(sign_ins // PHONES)] for _ in range(PHONES)]
    bank_app = f"http://127.0.0.1:{provider_port(ports.sandbox, ProviderCode.NDID)}{BANK_PATH}"

    def pass_on(phone: Phone, queue: Sequence[Person]) -> None:
        for person in queue:
            sign_in(phone, person, provider, bank_app=bank_app)

    phones = [Phone(ports.web_url) for _ in queues]
    with ThreadPoolExecutor(PHONES) as pool:
        started = perf_counter()
        list(pool.map(pass_on, phones, queues))
        took = perf_counter() - started
    for phone in phones:
        phone.close()
    return sum(map(len, queues)) / took
