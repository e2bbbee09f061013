"""Keyset pages: a page deep in a list costs what the first one costs."""

from typing import Any

from rest_framework.exceptions import NotFound, ParseError
from rest_framework.pagination import BasePagination, CursorPagination
from rest_framework.response import Response


class KeysetPages(CursorPagination):
    """A cursor that is none of ours is a request that cannot be read."""

    page_size_query_param = "page_size"

    def decode_cursor(self, request: Any) -> Any:
        try:
            cursor = super().decode_cursor(request)
        except NotFound:
            raise ParseError from None
        if cursor is not None and cursor.position is not None and not self.is_position(str(cursor.position)):
            raise ParseError
        return cursor

    def is_position(self, position: str) -> bool:
        """Whether the column that orders the list can be compared with this."""
        return "\x00" not in position


class WholeList(BasePagination):
    """A list that is short by nature: all of it, in the shape of a page."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        return list(queryset)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data})

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        return {"type": "object", "required": ["results"], "properties": {"results": schema}}
