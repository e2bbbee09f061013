"""How a provider says no."""

from abc import ABC, abstractmethod

from superapp.sandbox.listener import Response, json_response


class Refusal(ABC, Exception):
    """Each protocol has a body of its own for it."""

    @abstractmethod
    def as_response(self) -> Response: ...


class OAuthError(Refusal):
    """An error of the OAuth2 protocol."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def as_response(self) -> Response:
        return json_response(self.status, {"error": self.error, "error_description": self.description})
