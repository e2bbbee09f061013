"""The request id of each call: the phone's own where it sends a good one."""

import re
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware

HEADER = "X-Request-ID"
_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIds(RequestMiddleware):
    """Puts the id on the request (`request.request_id`), into each line of the log and onto the answer."""

    def prepare(self, request: HttpRequest) -> None:
        given = request.headers.get(HEADER, "")
        request_id = given if _ID.fullmatch(given) else str(uuid4())
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response.headers[HEADER] = request.request_id  # type: ignore[attr-defined]
        super().handle_response(request, response)

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """The path without the query, which holds one-time codes."""
        return f"{request.method} {request.path}"
