"""A small identity provider of our own over real HTTP, which answers whatever a test wants."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from superapp.sandbox.credentials import CLIENT_ID
from superapp.sandbox.listener import HangUp, Listener, Request, Response, json_response

PERSON = {"sub": "1234567890121", "pid": "1234567890121", "given_name": "ทดสอบ", "ial": "2.3"}


class FakeProvider:
    """Answers its token endpoint with whatever the test puts into `token_answer`, other paths with `answers`."""

    def __init__(self) -> None:
        self.key: ECKey | RSAKey = new_key()
        self.published: list[ECKey | RSAKey] = [self.key]
        self.answers: dict[str, Response | HangUp] = {}
        self.arrived: list[Request] = []
        # What happens while the exchange of a code waits for its answer.
        self.on_token_request: Callable[[], object] = lambda: None
        self.token_answer: Response | HangUp = json_response(500, {})
        self.listener = Listener(0, lambda _url: self._answer)
        self.url = self.listener.url

    def _answer(self, request: Request) -> Response | HangUp:
        self.arrived.append(request)
        if request.path == "/jwks/":
            return json_response(200, {"keys": [key.as_dict(private=False) for key in self.published]})
        if request.path in self.answers:
            return self.answers[request.path]
        self.on_token_request()
        return self.token_answer

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.arrived if request.path == path]

    def claims(self, nonce: str, /, **changes: Any) -> dict[str, Any]:
        """Right claims; None takes one out."""
        now = int(time.time())
        right = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 900, "nonce": nonce, **PERSON}
        return {name: value for name, value in {**right, **changes}.items() if value is not None}

    def answers_with(self, id_token: str) -> None:
        self.token_answer = json_response(200, {"id_token": id_token, "token_type": "Bearer"})

    def signs(self, claims: dict[str, Any], key: ECKey | RSAKey | None = None) -> str:
        key = key or self.key
        algorithm = "RS256" if isinstance(key, RSAKey) else "ES256"
        return jwt.encode({"alg": algorithm, "kid": key.kid}, claims, key, algorithms=[algorithm])


def new_key() -> ECKey:
    key = ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)
    assert key.kid
    return key


def segment(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()
