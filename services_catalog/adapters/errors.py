"""The kinds of failure; the adapter decides which it was and the router never guesses (architecture, rule 5).

`code` is short, stable and free of personal data: it is stored with the attempt and shown to operators.
"""

from datetime import timedelta


class DeliveryFailure(Exception):
    """Base of the three kinds. `retry_after` is the agency's own wish."""

    def __init__(self, code: str, *, http_status: int | None = None, retry_after: timedelta | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.http_status = http_status
        self.retry_after = retry_after


class Retryable(DeliveryFailure):
    """The agency certainly did not take it; trying again later may work."""


class Permanent(DeliveryFailure):
    """The agency will never take it."""


class OutcomeUnknown(DeliveryFailure):
    """The agency may or may not have it; only asking can tell."""
