"""The contract of an identity provider: a protocol is a class, a provider is a configured row of it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from rest_framework.serializers import Serializer

from citizens.identity.assurance import Assurance
from services_catalog.languages import Text


class ProviderFailed(Exception):
    """The provider could not be reached, or did not answer as its protocol says. `code` holds no personal data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SessionNotEnded(Exception):
    """The provider will not end its session, however often it is asked. `code` holds no personal data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class IdentityNotProven(Exception):
    """The provider answered, and its answer does not prove who this is. `code` holds no personal data."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class VerifiedIdentity:
    """Who the provider says this is. `claims` has keys of services_catalog.claims.CLAIMS, without national_id.

    `provider_session` is what ending the provider's own session needs; it goes back to its `end_session`.
    """

    provider: str
    subject: str
    national_id: str
    claims: Mapping[str, str]
    assurance: Assurance
    provider_session: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Levels:
    """What counts where the provider says nothing, and the most that it may claim."""

    default: Assurance
    highest: Assurance

    def of(self, ial: Decimal | None, aal: Decimal | None) -> Assurance:
        """The levels of a sign-in of which the provider says these; None where it says nothing."""
        return Assurance(
            ial=min(self.default.ial if ial is None else ial, self.highest.ial),
            aal=min(self.default.aal if aal is None else aal, self.highest.aal),
        )


@dataclass(frozen=True, slots=True)
class Configuration:
    """What an IdentityProvider row says; `options` as the protocol's serializer takes them, `secret` in the clear."""

    code: str
    name: Text
    options: Mapping[str, Any]
    levels: Levels
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What ties an answer of the provider to the sign-in that asked: sent with the one, checked with the other."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


class Provider(ABC):
    """A protocol. Its options are validated when the row is saved and again when the object is built."""

    options_serializer: ClassVar[type[Serializer[Any]]]

    def __init__(self, configuration: Configuration) -> None:
        """Raises rest_framework's ValidationError."""
        serializer = self.options_serializer(data=dict(configuration.options))
        serializer.is_valid(raise_exception=True)
        self.code = configuration.code
        self.name = configuration.name
        self.levels = configuration.levels
        self.options: Mapping[str, Any] = serializer.validated_data

    @abstractmethod
    def check(self, callback_uri: str) -> None:
        """Proves without a citizen that the provider is there and knows us. Raises ProviderFailed."""

    def end_session(self, provider_session: Mapping[str, str]) -> bool:
        """Ends the provider's own session by a call; False where there is none to end.

        Raises ProviderFailed where trying again may help, SessionNotEnded where it does not.
        """
        return False

    def end_session_url(self, provider_session: Mapping[str, str], return_to: str) -> str:
        """Where the browser goes to end the provider's own session; empty where there is no such page."""
        return ""


class RedirectProvider(Provider):
    """Sends the citizen away with a challenge and turns the code they come back with into an identity."""

    @property
    def issuer(self) -> str:
        """Who its answers may say they are from (RFC 9207); empty where it has no such name."""
        return ""

    @abstractmethod
    def authorize_url(self, challenge: Challenge) -> str:
        """Where the citizen's browser goes."""

    @abstractmethod
    def identify(self, answer_code: str, challenge: Challenge) -> VerifiedIdentity:
        """Exchanges the code. Raises ProviderFailed or IdentityNotProven."""
