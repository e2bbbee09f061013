"""What is kept of requests that have ended: the node's id and the salt, for audits; not whom they were about."""

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from citizens.identity.consent_requests.rows import State
from citizens.models import ConsentRequest


def numbers_forget() -> None:
    """Erases the number, and what was never at the node as a whole, once the limits count it no more."""
    ended = ConsentRequest.objects.exclude(state__in=ConsentRequest.OPEN_STATES).filter(
        created_at__lt=timezone.now() - settings.CONSENT_REQUEST_KEPT, number_encrypted__isnull=False
    )
    ended.filter(Q(is_decoy=True) | Q(asked_at__isnull=True)).exclude(state=State.FINISHED).delete()
    ended.update(number_encrypted=None, device_name="", network="")
