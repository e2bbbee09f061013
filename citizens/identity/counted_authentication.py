"""Who does not prove who they are is counted, else tokens and keys could be tried without end: a view counts later."""

from abc import ABC, abstractmethod
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from services_catalog.problems import Problem


class CountedAuthentication(ABC, BaseAuthentication):
    """By a bearer token or key; a wrong one counts as a call that anybody may make."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """Raises Problem, or rest_framework's Throttled."""
        try:
            return self.recognise(request)
        except Problem:
            request.user = None  # type: ignore[assignment]  # else counting would ask again who calls
            request.parser_context["view"].check_throttles(request)
            raise

    @abstractmethod
    def recognise(self, request: Request) -> tuple[Any, Any] | None:
        """Who calls; None where they do not say. Raises Problem."""

    @abstractmethod
    def throttle_keys(self, request: Request) -> list[tuple[str, str]]:
        """What a refusal counts against before the address: scopes, and what tells callers apart."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def bearer(request: Request) -> str | None:
    """What follows the word in `Authorization: Bearer …`; None without it."""
    scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
    return credential.strip() if scheme.lower() == "bearer" else None
