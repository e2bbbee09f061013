"""The contract of an adapter: one small class for each way of reaching agencies."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from rest_framework.serializers import Serializer

from services_catalog.adapters.types import Answer, CallSettings, Receipt, Submission


class Adapter(ABC):
    """Reaches agencies in one way; services differ by options, not by class (architecture, rule 6).

    `options` are what `options_serializer` validated, once when they are saved and again when the adapter is built. One
    object serves all lanes with these options, from many threads and as long as the process lives: it keeps no state,
    and no clock, setting or environment goes into it when it is made.
    """

    # What people call this way of reaching agencies; the name it is registered under where it is empty.
    label: ClassVar[str | Promise] = ""
    options_serializer: ClassVar[type[Serializer[Any]]]

    def __init__(self, options: Mapping[str, Any]) -> None:
        serializer = self.options_serializer(data=dict(options))
        serializer.is_valid(raise_exception=True)
        self.options: Mapping[str, Any] = serializer.validated_data

    @property
    def can_look_up(self) -> bool:
        """Whether `fetch_status` can tell if the agency has a submission."""
        return False

    @property
    def honours_idempotency_key(self) -> bool:
        """Whether sending the same submission twice leaves one case at the agency."""
        return False

    @property
    def can_cancel(self) -> bool:
        """Whether the agency can be asked to cancel what it has."""
        return False

    @property
    def can_respond(self) -> bool:
        """Whether the agency takes answers to what it asked a citizen for."""
        return False

    @abstractmethod
    def submit(self, submission: Submission, call: CallSettings) -> Receipt:
        """Hands the submission over. Raises Retryable, Permanent or OutcomeUnknown, and nothing else."""

    def fetch_status(self, reference: str, call: CallSettings) -> Receipt | None:
        """What the agency has under our reference, None when it has nothing. Raises as `submit` does."""
        raise NotImplementedError

    def cancel(self, reference: str, call: CallSettings) -> Receipt:
        """Asks the agency to cancel what it has under our reference; asking twice is harmless.

        `Receipt.status` is "cancelled" where it did so at once; otherwise it will tell by a status event. Raises as
        `submit` does; Permanent: it refuses.
        """
        raise NotImplementedError

    def respond(self, answer: Answer, call: CallSettings) -> Receipt:
        """Hands a citizen's answer over; the same answer twice counts once. Raises as `submit` does."""
        raise NotImplementedError

    def check_config(self, call: CallSettings) -> None:
        """Proves without sending a submission that the agency can be reached. Raises as `submit` does."""
        raise NotImplementedError
