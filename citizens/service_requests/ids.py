"""Our ids tell when they were made: the primary key of what is written often is an index by time."""

from datetime import UTC, datetime
from uuid import UUID


def first_id_of(moment: datetime) -> UUID:
    """The smallest UUIDv7 (RFC 9562) of that millisecond."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=(milliseconds << 80) | (7 << 76) | (2 << 62))


def moment_of(identifier: UUID) -> datetime:
    """When a UUIDv7 was made, to the millisecond."""
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, UTC)
