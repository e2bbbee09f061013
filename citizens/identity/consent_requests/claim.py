"""Which requests have something to be done: claimed for a time, so that workers share them out.

What ends, or is heard of in a callback, is due again before that time is over, and two workers may ask the node about
it at once. A creation is sent once all the same: by the worker that sets `asked_at` when it claims.
"""

from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from citizens.identity.consent_requests import errands
from citizens.identity.consent_requests.errands import Errand, Nothing, Trouble
from citizens.identity.consent_requests.rows import State, callback_token, number_of, salt_of
from citizens.identity.providers.consent_request import Asked, ConsentRequestProvider
from citizens.models import ConsentRequest
from services_catalog.encryption import CannotDecrypt


def requests_claim(*, only: UUID | None = None) -> list[ConsentRequest]:
    """Due rows, which are due again when the lease ends. `next_poll_at` of a row that is claimed is its lease."""
    now = timezone.now()
    due = ConsentRequest.objects.filter(next_poll_at__lte=now)
    with transaction.atomic():
        rows = list(
            (due.filter(pk=only) if only else due)
            .select_for_update(skip_locked=True)
            .order_by("next_poll_at")[: settings.CONSENT_REQUEST_BATCH]
        )
        for row in rows:
            row.next_poll_at = now + settings.CONSENT_REQUEST_LEASE
        ConsentRequest.objects.bulk_update(rows, ["next_poll_at"])
        creating = [row.pk for row in rows if row.state == State.CREATING and row.asked_at is None]
        # From here on the node may have it: if we are gone before its answer is written down, it is looked for.
        ConsentRequest.objects.filter(pk__in=creating).update(asked_at=now)
    return rows


def errand_of(row: ConsentRequest, node: ConsentRequestProvider | None) -> Errand:
    """What to do for the row, as it was when it was claimed."""
    if row.is_decoy or row.closed_at is not None:
        return Nothing
    if node is None:
        return partial(Trouble, "provider_not_usable", taken=False)
    reference_id, callback_url = str(row.pk), node.callback_url(callback_token(row.pk))
    if row.state == State.CREATING and row.asked_at is None:
        return _creation(row, node, callback_url)
    if not row.node_request_id:
        return partial(errands.find, node, reference_id)
    if row.state == State.WAITING:
        return partial(errands.listen, node, row.node_request_id)
    return partial(errands.clear, node, row.node_request_id, callback_url)


def _creation(row: ConsentRequest, node: ConsentRequestProvider, callback_url: str) -> Errand:
    try:
        asked = Asked(
            reference_id=str(row.pk),
            bank=row.idp_node_id,
            message=f"{node.terms.purpose} (Ref: {row.reference})",
            initial_salt=salt_of(row),
            callback_url=callback_url,
        )
        return partial(errands.create, node, asked, number_of(row))
    except CannotDecrypt:
        return partial(errands.Refused, "key_is_gone")
