"""The contract of an identity provider that works by redirect."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from citizens.identity.assurance import Assurance
from services_catalog.languages import Text


class ProviderFailed(Exception):
    """The provider could not be reached, or did not answer as its protocol says. `code` holds no personal data."""

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
    """Who the provider says this is. `claims` has keys of services_catalog.claims.CLAIMS, without national_id."""

    provider: str
    subject: str
    national_id: str
    claims: Mapping[str, str]
    assurance: Assurance


@dataclass(frozen=True, slots=True)
class Challenge:
    """What ties an answer of the provider to the sign-in that asked: sent with the one, checked with the other."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


class RedirectProvider(ABC):
    """Sends the citizen away with a challenge and turns the code they come back with into an identity."""

    code: str
    name: Text

    @abstractmethod
    def authorize_url(self, challenge: Challenge) -> str:
        """Where the citizen's browser goes."""

    @abstractmethod
    def identify(self, answer_code: str, challenge: Challenge) -> VerifiedIdentity:
        """Exchanges the code. Raises ProviderFailed or IdentityNotProven."""
