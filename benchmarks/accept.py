"""Accepted requests per second through the full path, as a ratio to a bare DRF view with two INSERTs.

Both are served by the same web processes; the broker is up and the workers are stopped. Every leg sends prepared
requests over the same number of connections; legs alternate, and the medians of five rounds count.
"""

import json
import os
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from superapp.embedded import processes
from superapp.embedded.environment import set_local_defaults
from superapp.embedded.servers import running_servers
from superapp.embedded.stack import Stack

ROUNDS = 5
ROUND_SECONDS = 4.0
CONNECTIONS = 16
CITIZENS = 500
WEB_WORKERS = 2
WEB_THREADS = 8


def main() -> int:
    with TemporaryDirectory(prefix="bench-") as state:
        os.environ["SUPERAPP_STATE"] = state
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        set_local_defaults()
        with running_servers():
            return _run(Path(state))


def _run(state: Path) -> int:
    import django

    django.setup()
    from benchmarks.load import Measured, Work, measure
    from superapp.sandbox.journey.figures import Bar, figures_line
    from superapp.sandbox.journey.system import free_ports, load_catalogue

    ports = free_ports()
    services = load_catalogue("demo", ports)
    _make_bare_tables()
    legs = {"full": _submissions(services, ports.web), "bare": _bare(services, ports.web)}
    results: dict[str, list[Measured]] = {name: [] for name in legs}
    with Stack(state / "logs", os.environ) as stack:
        web = processes.web(host="127.0.0.1", port=ports.web, workers=WEB_WORKERS, blocking_threads=WEB_THREADS)
        stack.start("web", *web)
        stack.wait_until("web", f"{ports.web_url}/health/ready")
        for number in range(-1, ROUNDS):  # the first round warms up
            for name, requests in legs.items():
                work = Work(ports.web, requests(number), CONNECTIONS, ROUND_SECONDS, status=202)
                measured = measure(work)
                if measured.wrong:
                    raise SystemExit(f"{name}: {measured.wrong} answers were not 202")
                print(f"round {number}: {name:<5} {measured.per_second:8.0f} /s   median {measured.median_ms:.1f} ms")
                if number >= 0:
                    results[name].append(measured)
    per_second = {name: median(one.per_second for one in measured) for name, measured in results.items()}
    figures = {
        "accept_ratio": round(per_second["full"] / per_second["bare"], 3),
        "accepted_per_second": round(per_second["full"]),
        "bare_per_second": round(per_second["bare"]),
        "accept_p99_ms": round(median(one.p99_ms for one in results["full"]), 1),
    }
    line, ok = figures_line("accept", figures, {"accept_ratio": Bar(0.6, "at_least")})
    print(line)
    return 0 if ok else 1


def _make_bare_tables() -> None:
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def _submissions(services: list[Any], port: int) -> Any:
    """Requests of many citizens to 30 services; every request has a key of its own."""
    tokens = _tokens()
    bodies = _bodies(services)

    def requests(number: int) -> list[bytes]:
        return [
            _post(
                port,
                "/api/v1/service-requests",
                bodies[position % len(bodies)],
                f"Authorization: Bearer {tokens[position % len(tokens)]}\r\nIdempotency-Key: {uuid4()}\r\n",
            )
            for position in range(20_000)
        ]

    return requests


def _bare(services: list[Any], port: int) -> Any:
    bodies = _bodies(services)
    return lambda number: [_post(port, "/bare/accept", body, "") for body in bodies]


def _bodies(services: list[Any]) -> list[bytes]:
    from services_catalog.models import ServiceVersion

    versions = ServiceVersion.objects.filter(service__in=services[:30]).select_related("service")
    return [
        json.dumps({"service": one.service.code, "version": one.number, "data": one.example}).encode()
        for one in versions
    ]


def _tokens() -> list[str]:
    from django.utils import timezone

    from citizens.identity.assurance import Assurance, level
    from citizens.identity.citizens import citizen_identify
    from citizens.identity.providers.base import VerifiedIdentity
    from citizens.identity.tokens import access_token_issue
    from citizens.models import Session
    from superapp.sandbox.people import check_digit

    tokens = []
    for number in range(CITIZENS):
        national_id = f"18{number:010d}"
        national_id += check_digit(national_id)
        assurance = Assurance(level("2.3"), level("2.2"))  # type: ignore[arg-type]
        citizen = citizen_identify(VerifiedIdentity("thaid", national_id, national_id, {}, assurance))
        session = Session.objects.create(
            citizen=citizen, provider="thaid", ial="2.3", aal="2.2", authenticated_at=timezone.now()
        )
        tokens.append(access_token_issue(session))
    return tokens


def _post(port: int, path: str, body: bytes, headers: str) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n{headers}\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    sys.exit(main())
