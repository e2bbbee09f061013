"""The keys of providers that sign: published ones, and one that is not."""

from typing import Literal

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey, KeyParameters, RSAKey

from superapp.sandbox.credentials import derived_bytes

SigningKey = ECKey | RSAKey
Algorithm = Literal["ES256", "RS256"]


class SigningKeys:
    """One key at a time. The first of ES256 is derived from the sandbox's secret, so that a restart does not
    invalidate what relying parties have cached; all others are new."""

    def __init__(self, algorithm: Algorithm, secret: str, purpose: str) -> None:
        self.algorithm = algorithm
        self.current = _derived(secret, purpose) if algorithm == "ES256" else _new(algorithm)
        self.unpublished = _new(algorithm)

    def rotate(self) -> None:
        self.current = _new(self.algorithm)

    def published(self) -> dict[str, object]:
        return {"keys": [self.current.as_dict(private=False)]}


def _derived(secret: str, purpose: str) -> ECKey:
    # A private key must be below the order of the curve, which has 256 bits: 255 bits always are.
    number = int.from_bytes(derived_bytes(secret, purpose)) >> 1
    private_key = ec.derive_private_key(number, ec.SECP256R1())
    key = ECKey.import_key(private_key, {"use": "sig", "alg": "ES256"})
    key.ensure_kid()
    return key


def _new(algorithm: Algorithm) -> SigningKey:
    parameters: KeyParameters = {"use": "sig", "alg": algorithm}
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", parameters, auto_kid=True)
    return RSAKey.generate_key(2048, parameters, auto_kid=True)
