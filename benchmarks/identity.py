"""What it costs a call to know who calls, and how many sign-ins a second there are at each kind of digital ID.

    .venv/bin/python -m benchmarks.identity [--rounds 5] [--sign-ins 96]

The two views are of one project behind one middleware, served by the same web processes; they differ in the
authentication class alone. Legs alternate, and the medians of the rounds count.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from time import sleep
from typing import TYPE_CHECKING

from benchmarks.load import Work, measure
from benchmarks.own_system import own_system
from benchmarks.product import start_web
from superapp.embedded.stack import Stack

if TYPE_CHECKING:
    from citizens.models import Session

    Requests = Callable[[], list[bytes]]

ROUND_SECONDS = 3.0
CONNECTIONS = 16
CITIZENS = 1_000
# More than any round sends: none of them comes twice.
_NEW_TOKENS = 10_000
_BARE, _SIGNED_IN = "/bare/constant", "/bare/signed-in"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="of each leg; one more warms up")
    parser.add_argument("--sign-ins", type=int, default=96, help="in each round, at each digital ID")
    options = parser.parse_args()
    with own_system() as state:
        return _run(state, options.rounds, options.sign_ins)


def _run(state: Path, rounds: int, sign_ins: int) -> int:
    from benchmarks.sign_ins import sign_ins_per_second
    from benchmarks.submissions import make_citizens, open_sessions
    from superapp.sandbox.journey.figures import Bar, figures_line
    from superapp.sandbox.journey.system import free_ports

    _migrate()
    sessions = open_sessions(make_citizens(CITIZENS))
    ports = free_ports()
    figures: dict[str, float | int] = {"citizens": len(sessions)}
    with Stack(state / "logs", os.environ) as stack:
        start_web(stack, ports.web)
        figures |= _authenticated(ports.web, sessions, rounds)
    figures["token_queries"] = _token_queries(sessions)
    figures |= sign_ins_per_second(state, ports, rounds, sign_ins)
    bars = {"authenticated_ratio": Bar(0.7, "at_least"), "token_queries": Bar(0, "exactly")}
    line, ok = figures_line("identity", figures, bars)
    print(line)
    return 0 if ok else 1


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)


def _authenticated(port: int, sessions: Sequence["Session"], rounds: int) -> dict[str, float | int]:
    """The constant for citizens beside the constant for anybody: with tokens that the processes have checked before,
    as a phone sends one many times, and with tokens that none has seen.
    """
    tokens = list(_tokens(sessions, len(sessions)))
    bare, known = _gets(port, _BARE, tokens), _gets(port, _SIGNED_IN, tokens)
    per_second = _medians({"bare": lambda: bare, "signed in": lambda: known}, port, rounds)
    beside_new = _medians(
        {"bare": lambda: bare, "new tokens": lambda: _gets(port, _SIGNED_IN, _tokens(sessions, _NEW_TOKENS))},
        port,
        rounds,
    )
    return {
        "authenticated_ratio": round(per_second["signed in"] / per_second["bare"], 3),
        "new_token_ratio": round(beside_new["new tokens"] / beside_new["bare"], 3),
        "bare_per_second": round(per_second["bare"]),
        "authenticated_per_second": round(per_second["signed in"]),
        "new_token_per_second": round(beside_new["new tokens"]),
    }


def _tokens(sessions: Sequence["Session"], count: int) -> Iterator[str]:
    """New ones, for the sessions in turn."""
    from citizens.identity.tokens import access_token_issue

    return (access_token_issue(session) for session in islice(cycle(sessions), count))


def _gets(port: int, path: str, tokens: Iterable[str]) -> list[bytes]:
    """The same bytes for each leg, but for the path."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer"
    return [f"{head} {token}\r\n\r\n".encode() for token in tokens]


def _medians(legs: Mapping[str, "Requests"], port: int, rounds: int) -> dict[str, float]:
    """Answers per second of each leg."""
    per_second: dict[str, list[float]] = {name: [] for name in legs}
    for number in range(-1, rounds):  # the first round warms up
        for name, requests in legs.items():
            measured = measure(Work(port, requests(), CONNECTIONS, ROUND_SECONDS, status=200))
            if measured.wrong:
                raise SystemExit(f"{name}: {measured.wrong} answers were not 200")
            print(f"round {number}: {name:<10} {measured.per_second:8.0f} /s   median {measured.median_ms:.1f} ms")
            if number >= 0:
                per_second[name].append(measured.per_second)
    return {name: median(found) for name, found in per_second.items()}


def _token_queries(sessions: Sequence["Session"]) -> int:
    """Database queries of calls with new tokens and with known ones; ends the program unless an ended session's token
    is refused, for then nothing would have been looked up.
    """
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from citizens.identity.sessions import session_end

    phones = [Client(headers={"Authorization": f"Bearer {token}"}) for token in _tokens(sessions, len(sessions))]
    with CaptureQueriesContext(connection) as queries:
        answers = {phone.get(_SIGNED_IN).status_code for phone in phones * 2}
    session_end(sessions[0].pk, sessions[0].EndedBecause.SIGNED_OUT)
    sleep(settings.REVOCATIONS_ASKED_EVERY.total_seconds())  # so long a process may go by what it remembers
    if answers != {200} or phones[0].get(_SIGNED_IN).status_code != 401:
        raise SystemExit("a citizen was refused, or one whose session has ended was not")
    return len(queries)


if __name__ == "__main__":
    sys.exit(main())
