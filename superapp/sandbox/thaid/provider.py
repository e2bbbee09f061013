import hmac
from base64 import b64decode
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, OctKey

from superapp.sandbox.credentials import derived_bytes
from superapp.sandbox.people import Person
from superapp.sandbox.thaid.authorization import AuthorizationRequest
from superapp.sandbox.thaid.expiring import Expiring

CODE_SECONDS = 60
TOKEN_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True, repr=False)
class RelyingParty:
    """The one client that is registered."""

    client_id: str
    client_secret: str
    redirect_uris: frozenset[str]

    def is_authenticated_by(self, authorization: str) -> bool:
        """`authorization` is the header "Basic base64(client_id:client_secret)"."""
        scheme, _, encoded = authorization.partition(" ")
        try:
            given = b64decode(encoded, validate=True)
        except ValueError:
            return False
        expected = f"{self.client_id}:{self.client_secret}".encode()
        return scheme.lower() == "basic" and hmac.compare_digest(given, expected)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a person allowed; `allowed_at` is a Unix time."""

    request: AuthorizationRequest
    person: Person
    allowed_at: int


class Provider:
    """What the provider knows: its address, its client, its keys and what it has handed out.

    The keys are derived, so a restart does not invalidate what relying parties have cached; codes and tokens
    live in memory and die with the process.
    """

    def __init__(self, issuer: str, client: RelyingParty, secret: str) -> None:
        self.issuer = issuer
        self.client = client
        self.codes: Expiring[Grant] = Expiring(CODE_SECONDS)
        self.tokens: Expiring[Grant] = Expiring(TOKEN_SECONDS)
        self.consent_key = OctKey.import_key(derived_bytes(secret, "thaid/consent-form"))
        self.signing_key = _signing_key(derived_bytes(secret, "thaid/signing-key"))


def _signing_key(seed: bytes) -> ECKey:
    # A private key must be below the order of the curve, which has 256 bits: 255 bits always are.
    private_key = ec.derive_private_key(int.from_bytes(seed) >> 1, ec.SECP256R1())
    key = ECKey.import_key(private_key, {"use": "sig", "alg": "ES256"})
    key.ensure_kid()
    return key
