"""News from the node: unsigned, repeated and out of order. It moves nothing and makes us ask the node sooner."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from citizens.identity.consent_requests.start import ask_soon
from citizens.identity.secrets import digest
from citizens.models import ConsentRequest
from services_catalog.problems import NOT_FOUND, Problem


def consent_callback_take(*, token: str, news: Mapping[str, Any]) -> None:
    """Has the request asked about, unless the news is older than what was heard before, or of another request.

    Raises Problem NOT_FOUND. The node takes any answer for a receipt, so all is written down before it gets one.
    """
    with transaction.atomic():
        request = ConsentRequest.objects.select_for_update().filter(callback_token_hash=digest(token)).first()
        if request is None:
            raise Problem(NOT_FOUND)
        height = _block_height(news.get("block_height"))
        if _is_of_another(request, news) or _is_old(request, height):
            return
        request.block_height = max(request.block_height, height or 0)
        if request.next_poll_at is not None:
            request.next_poll_at = timezone.now()
            ask_soon(request)
        request.save(update_fields=["block_height", "next_poll_at"])


def _is_of_another(request: ConsentRequest, news: Mapping[str, Any]) -> bool:
    named = news.get("request_id")
    return bool(request.node_request_id) and named is not None and named != request.node_request_id


def _is_old(request: ConsentRequest, height: int | None) -> bool:
    return height is not None and height <= request.block_height


def _block_height(value: Any) -> int | None:
    """The number of "test-chain-NDID:107"; None of what is no such thing."""
    _, _, number = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 15 else None
