"""Tells the platform what became of the cases, again and again until it listens."""

import http.client
import threading

from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.agencies.outbox import Event, Outbox
from superapp.sandbox.agencies.webhook import body_of, headers_of
from superapp.sandbox.client import exchange
from superapp.sandbox.credentials import agency_credentials

STATUS_EVENTS_PATH = "/api/agency/v1/status-events"

_THREADS = 6
_POLL_SECONDS = 0.05
_TWICE_EVERY = 10
_WORTH_ANOTHER_TRY = frozenset({408, 409, 425, 429})


class Pusher:
    """Runs from construction until `stop()`, which waits for the pushes under way."""

    def __init__(self, ledger: Ledger, platform_url: str, secret: str) -> None:
        self._outbox = Outbox(ledger.database)
        self._url = platform_url + STATUS_EVENTS_PATH
        self._secret = secret
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(share,), name=f"pusher-{share}", daemon=True)
            for share in range(_THREADS)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _run(self, share: int) -> None:
        while not self._stopping.is_set():
            events = self._outbox.due(share=share, shares=_THREADS)
            for event in events:
                if self._stopping.is_set():
                    return
                self._push(event)
            if not events:
                self._stopping.wait(_POLL_SECONDS)

    def _push(self, event: Event) -> None:
        self._outbox.begin(event)
        status = self._send(event)
        if status is not None and 200 <= status < 300:
            self._outbox.delivered(event)
            if event.case_id % _TWICE_EVERY == 0:
                self._send(event)  # as real agencies do now and then: the platform must not count it twice
        elif status is not None and 400 <= status < 500 and status not in _WORTH_ANOTHER_TRY:
            self._outbox.refused(event)
        else:
            self._outbox.postpone(event)

    def _send(self, event: Event) -> int | None:
        """The HTTP status, or None if no answer came."""
        body = body_of(event)
        headers = headers_of(event, body, agency_credentials(event.agency_code, secret=self._secret))
        try:
            return exchange("POST", self._url, headers=headers, body=body).status
        except (OSError, http.client.HTTPException):
            return None
