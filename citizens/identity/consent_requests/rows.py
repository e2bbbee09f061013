"""What a ConsentRequest row keeps sealed, and how it ends."""

from datetime import datetime
from uuid import UUID

from citizens.models import ConsentRequest
from services_catalog.encryption import decrypt, encrypt, fingerprint

State = ConsentRequest.State


def number_place(request_id: UUID) -> str:
    return f"consent-request:{request_id}:national-id"


def salt_place(request_id: UUID) -> str:
    return f"consent-request:{request_id}:initial-salt"


def seal_number(request_id: UUID, national_id: str) -> bytes:
    return encrypt(national_id.encode(), bound_to=number_place(request_id))


def number_of(request: ConsentRequest) -> str:
    """Raises services_catalog.encryption.CannotDecrypt."""
    return decrypt(request.number_encrypted or b"", bound_to=number_place(request.pk)).decode()


def seal_salt(request_id: UUID, salt: str) -> bytes:
    return encrypt(salt.encode(), bound_to=salt_place(request_id))


def salt_of(request: ConsentRequest) -> str:
    """Raises services_catalog.encryption.CannotDecrypt."""
    return decrypt(request.initial_salt_encrypted or b"", bound_to=salt_place(request.pk)).decode()


def callback_token(request_id: UUID) -> str:
    """The unguessable part of the callback's address: nobody else can compute it, so it need not be kept."""
    return fingerprint(request_id.bytes, purpose="consent-callback").hex()


def is_at_node(request: ConsentRequest) -> bool:
    """Whether the node has, or may have, something of it. Decoys were asked of nobody."""
    return not request.is_decoy and request.asked_at is not None and request.closed_at is None


def end(request: ConsentRequest, state: ConsentRequest.State, code: str, *, now: datetime) -> None:
    """A final state; what the node has of it is closed at once."""
    request.state, request.failure_code = state, code
    request.next_poll_at = now if is_at_node(request) else None
