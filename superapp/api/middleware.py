from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, HttpResponse

from services_catalog.problems import Problem
from superapp.api.problems import problem_http_response
from superapp.api.texts import MALFORMED


class RefuseUnstorableText:
    """Paths and queries that hold what no text column can (NUL, bytes that are not UTF-8) are answered with 400."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        # Nearly every request: nothing escaped but plain characters.
        if ("%" in query or "\x00" in query) and not _readable(query):
            return problem_http_response(request, Problem(MALFORMED))
        if "\x00" in request.path or "\ufffd" in request.path:
            return problem_http_response(request, Problem(MALFORMED))
        return self._get_response(request)


def _readable(query: str) -> bool:
    try:
        return b"\x00" not in unquote_to_bytes(query) and bool(unquote_to_bytes(query).decode("utf-8") or True)
    except UnicodeDecodeError:
        return False
