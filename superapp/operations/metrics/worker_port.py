"""`/metrics` of a worker that shares no directory with a web process: its own counters on a port of its own."""

from collections.abc import Iterable
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIEnvironment

from superapp.operations.metrics.exposition import CONTENT_TYPE, exposition, may_read


class _Quiet(WSGIRequestHandler):
    """No line for each scrape."""

    timeout = 5

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        pass


def serve_metrics(port: int) -> WSGIServer:
    """Serves on all addresses from a daemon thread; 0 takes a free port. Raises OSError where the port is taken."""
    server = make_server("", port, _answer, handler_class=_Quiet)
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def _answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    if environ["PATH_INFO"] != "/metrics":
        return _refused("404 Not Found", start_response)
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return _refused("405 Method Not Allowed", start_response)
    if not may_read(environ.get("HTTP_AUTHORIZATION", "")):
        return _refused("401 Unauthorized", start_response)
    start_response("200 OK", [("Content-Type", CONTENT_TYPE)])
    return [exposition()]


def _refused(status: str, start_response: StartResponse) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("WWW-Authenticate", 'Bearer realm="metrics"')])
    return [status.encode()]
