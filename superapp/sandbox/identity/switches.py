"""The failure that a server has been told to show until it is told otherwise."""

import json
import time
from collections.abc import Callable, Sequence

from superapp.sandbox.identity.errors import OAuthError, Refusal
from superapp.sandbox.identity.failures import SLOW_SECONDS, Failure
from superapp.sandbox.listener import Application, HangUp, Request, Response, json_response

SWITCHES_PATH = "/switches"


class Switches:
    """`offered` are the failures that make sense at this provider."""

    def __init__(self, offered: Sequence[Failure]) -> None:
        self.offered = (Failure.NONE, *offered)
        self.failure = Failure.NONE
        self.slow_seconds = SLOW_SECONDS

    def chosen(self, value: str) -> Failure:
        """Raises OAuthError unless it is offered."""
        if value not in self.offered:
            raise OAuthError("invalid_request", f"failure is one of {', '.join(self.offered[1:])} or empty")
        return Failure(value)

    def endpoint(self, request: Request) -> Response:
        """GET shows them; POST {"failure": "slow", "seconds": 2} sets one, {"failure": ""} ends it."""
        if request.method == "POST":
            told = _object(request.body)
            self.failure = self.chosen(str(told.get("failure", "")))
            seconds = told.get("seconds")
            self.slow_seconds = float(seconds) if isinstance(seconds, int | float) else SLOW_SECONDS
        offered = {failure.value: dict(zip(("th", "en"), failure.words, strict=True)) for failure in self.offered}
        return json_response(200, {"failure": self.failure, "seconds": self.slow_seconds, "offered": offered})

    def suffer(self, failure: Failure) -> None:
        """What an outage does to one call. Raises OAuthError while the provider is down."""
        if failure is Failure.SLOW:
            time.sleep(self.slow_seconds)
        if failure is Failure.DOWN:
            raise OAuthError("temporarily_unavailable", "out of service", status=503)


def switchable(switches: Switches, endpoint: Callable[[Request], Response]) -> Application:
    """The application with its switches beside it: an outage hits every address but theirs."""

    def application(request: Request) -> Response | HangUp:
        try:
            if request.path == SWITCHES_PATH:
                return switches.endpoint(request)
            switches.suffer(switches.failure)
            return endpoint(request)
        except Refusal as refusal:
            return refusal.as_response()

    return application


def _object(body: bytes) -> dict[str, object]:
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise OAuthError("invalid_request", "the body is no JSON object")
    return told
