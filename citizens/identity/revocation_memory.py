"""What a process remembers of its look-ups: good until something is revoked anywhere, or the rows are put back."""

from collections.abc import Callable, Hashable
from time import monotonic

from django.conf import settings

_MOST_REMEMBERED = 20_000


class RevocationMemory:
    """Answers that hold for one generation of revocations, which is asked for every REVOCATIONS_ASKED_EVERY.

    Safe for threads without a lock: an answer found while the generation changed goes into what is thrown away.
    """

    def __init__(self, ask_generation: Callable[[], object]) -> None:
        self._ask_generation = ask_generation
        self._generation: object = None
        self._asked_at = float("-inf")
        self._answers: dict[Hashable, bool] = {}

    def get(self, key: Hashable, look_up: Callable[[], bool]) -> bool:
        """Raises what `look_up` and the asking for the generation raise."""
        self._refresh()
        answers = self._answers
        if key not in answers:
            answers[key] = look_up()
        return answers[key]

    def _refresh(self) -> None:
        now = monotonic()
        if now - self._asked_at >= settings.REVOCATIONS_ASKED_EVERY.total_seconds():
            self._asked_at = now
            generation = self._ask_generation()
            if generation != self._generation:
                self._generation, self._answers = generation, {}
        if len(self._answers) > _MOST_REMEMBERED:
            self._answers = {}
