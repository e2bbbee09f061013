from uuid import UUID

from services_catalog.api.pagination import KeysetPages


class NewestFirst(KeysetPages):
    """By UUIDv7, newest first: page 1,000 costs what page 1 costs."""

    ordering = "-id"
    max_page_size = 100

    def is_position(self, position: str) -> bool:
        try:
            UUID(position)
        except ValueError:
            return False
        return True
