from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination

from services_catalog.problems import Problem
from superapp.api.texts import MALFORMED


class NewestFirst(CursorPagination):
    """Keyset pages by UUIDv7, newest first: page 1,000 costs what page 1 costs."""

    ordering = "-id"
    max_page_size = 100
    page_size_query_param = "page_size"

    def decode_cursor(self, request: Any) -> Any:
        try:
            return super().decode_cursor(request)
        except NotFound:
            raise Problem(MALFORMED) from None
