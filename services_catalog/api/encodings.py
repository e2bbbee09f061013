"""Which compression an answer is sent in (RFC 9110, section 12.5.3). For public bodies only: see docs/security.md."""

import gzip
from collections.abc import Callable
from functools import cache, lru_cache

import brotli

IDENTITY = "identity"


@cache
def encoders() -> dict[str, Callable[[bytes], bytes]]:
    """What we can send, best first. Nothing is remembered for long enough to be worth the last percent."""
    return {
        "br": lambda body: bytes(brotli.compress(body, quality=5)),
        "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
    }


@lru_cache(maxsize=256)
def best_encoding(accepted: str) -> str:
    """The best encoding that an Accept-Encoding header takes; "identity" where it takes none of ours."""
    weights = {}
    for item in accepted.lower().split(","):
        coding, _, parameter = item.partition(";")
        weights[coding.strip()] = _weight(parameter)
    others = weights.get("*", 0.0)
    offered = {coding: weights.get(coding, others) for coding in encoders()}
    best = max(offered, key=lambda coding: offered[coding])
    return best if offered[best] > 0 else IDENTITY


def _weight(parameter: str) -> float:
    """Of `q=0.5`; what cannot be read counts as not accepted."""
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
