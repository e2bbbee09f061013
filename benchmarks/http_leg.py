"""Accept → completed over HTTP: phones send, the web accepts and the workers deliver, all at the same time."""

import os
from pathlib import Path

from benchmarks.agency import Agency
from benchmarks.backlog import Backlog, completed
from benchmarks.load import Work, measure
from benchmarks.product import start_delivery, start_upkeep, start_web
from benchmarks.submissions import access_tokens, make_citizens, submissions
from benchmarks.timing import time_delivery
from superapp.embedded.stack import Stack

_CITIZENS = 500
_CONNECTIONS = 16


def accept_and_deliver(*, backlog: Backlog, agency: Agency, port: int, state: Path, count: int) -> float:
    """Requests per second from the first POST to the last `completed`."""
    tokens = access_tokens(make_citizens(_CITIZENS))
    requests = list(submissions(backlog.services, tokens, port, count))
    backlog.refill(0)
    backlog.release()
    with Stack(state / "logs" / "http", os.environ) as stack:
        agency.start(stack)
        start_delivery(stack)
        start_upkeep(stack, state)
        start_web(stack, port)
        work = Work(port, requests, _CONNECTIONS, None, status=202)
        return time_delivery(
            stack=stack, agency=agency, count=count, release=lambda: _send(work), completed=completed
        ).per_second


def _send(work: Work) -> None:
    if wrong := measure(work).wrong:
        raise RuntimeError(f"{wrong} answers were not {work.status}")
