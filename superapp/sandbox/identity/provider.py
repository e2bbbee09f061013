"""What every provider with a consent page is and keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from joserfc.jwk import OctKey

from superapp.sandbox.credentials import derived_bytes
from superapp.sandbox.identity.authorization import AuthorizationRequest
from superapp.sandbox.identity.browser_sessions import BrowserSessions
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.identity.expiring import Expiring
from superapp.sandbox.identity.failures import Failure
from superapp.sandbox.identity.relying_party import RelyingParty
from superapp.sandbox.identity.switches import Switches
from superapp.sandbox.people import Person

CODE_SECONDS = 60

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SignOut:
    """Where people sign out of the provider, and what it calls the address that they go on to."""

    path: str
    return_parameter: str


@dataclass(frozen=True, slots=True)
class Profile:
    """How a provider presents itself. `scopes` tells what each of them shares, in Thai and English ("" is not said)."""

    code: ProviderCode
    name: Words
    colour: str
    scopes: Mapping[str, Sequence[Words]]
    failures: Sequence[Failure]
    token_seconds: int
    # What is shared whatever the scope.
    always: Sequence[Words] = ()
    scope_required: bool = True
    # Without it nobody is remembered: the person is asked each time.
    sign_out: SignOut | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person allowed; `allowed_at` is a Unix time."""

    request: AuthorizationRequest
    person: Person
    allowed_at: int
    failure: Failure = Failure.NONE


class Provider:
    """Codes and tokens live in memory and die with the process."""

    def __init__(self, profile: Profile, issuer: str, client: RelyingParty, secret: str) -> None:
        self.profile = profile
        self.issuer = issuer
        self.client = client
        self.switches = Switches(profile.failures)
        self.codes: Expiring[Grant] = Expiring(CODE_SECONDS)
        self.tokens: Expiring[Grant] = Expiring(profile.token_seconds)
        self.sessions = BrowserSessions(profile.code)
        self.consent_key = OctKey.import_key(derived_bytes(secret, f"{profile.code}/consent-form"))
        self._secret = secret

    def subject(self, person: Person) -> str:
        """The provider's own number of its account: always the same, and nobody can tell the person by it."""
        return derived_bytes(self._secret, f"{self.profile.code}/subject/{person.number}").hex()[:32]
