"""Tells the relying party what happens: unsigned, and any HTTP answer counts as delivered, even 500."""

import http.client
import json
import random
from collections.abc import Mapping

from superapp.sandbox.client import exchange
from superapp.sandbox.identity.failures import Failure
from superapp.sandbox.identity.ndid.later import Later

_FIRST_WAIT, _LONGEST_WAIT, _JITTER, _GIVE_UP = 5.0, 180.0, 0.2, 600.0
# How much later every other callback comes when they are out of order.
_OVERTAKEN_BY = 1.0


class Courier:
    def __init__(self, later: Later) -> None:
        self._later = later
        self._sent = 0

    def send(self, url: str, content: Mapping[str, object], failure: Failure) -> None:
        if failure is Failure.CALLBACKS_LOST:
            return
        self._sent += 1
        late = _OVERTAKEN_BY if failure is Failure.CALLBACKS_OUT_OF_ORDER and self._sent % 2 else 0.0
        body = json.dumps(content, ensure_ascii=False).encode()
        for _ in range(2 if failure is Failure.CALLBACKS_TWICE else 1):
            self._later.do(lambda: self._deliver(url, body, wait=_FIRST_WAIT, waited=0.0), after=late)

    def _deliver(self, url: str, body: bytes, *, wait: float, waited: float) -> None:
        try:
            exchange("POST", url, headers={"Content-Type": "application/json"}, body=body)
        except (OSError, http.client.HTTPException):
            pause = min(wait, _LONGEST_WAIT) * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311 - no secret
            if waited + pause <= _GIVE_UP:
                again = {"wait": wait * 2, "waited": waited + pause}
                self._later.do(lambda: self._deliver(url, body, **again), after=pause)
