"""The mobile client: all that a phone does, over HTTP and nothing else."""

import base64
import hashlib
import re
import secrets
import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

REDIRECT_URI = "https://app.superapp.example/signed-in"
# Seconds before a phone repeats itself; the platform may ask for more.
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0
_HIDDEN_REQUEST = re.compile(r'name="request"\s+value="([^"]+)"')


class PhoneError(RuntimeError):
    """The platform did not answer as its documentation says."""


class Phone:
    """One citizen's phone."""

    def __init__(self, platform_url: str, *, timeout: float = 15) -> None:
        # Browsers send Secure cookies to loopback addresses without TLS; so does this one.
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"))
        self._http = httpx2.Client(base_url=platform_url, timeout=timeout, cookies=CookieJar(policy), trust_env=False)
        self._tokens: dict[str, Any] = {}

    def close(self) -> None:
        self._http.close()

    def sign_in(self, person: str, provider: str = "thaid") -> None:
        """The whole sign-in: our page, the provider's consent page, back, one-time code, tokens."""
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        state = secrets.token_urlsafe(16)
        query = {
            "provider": provider,
            "redirect_uri": REDIRECT_URI,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "state": state,
        }
        to_provider = self._redirect(self._http.get("/api/v1/auth/authorize", params=query))
        back = self._consent(to_provider, person)
        to_phone = parse_qs(urlsplit(self._redirect(self._http.get(back))).query)
        if to_phone.get("state") != [state] or "code" not in to_phone:
            raise PhoneError(f"sign-in ended with {to_phone}")
        self._take_tokens(
            {
                "grant_type": "authorization_code",
                "code": to_phone["code"][0],
                "code_verifier": verifier,
                "redirect_uri": REDIRECT_URI,
            }
        )

    def refresh(self) -> None:
        """New tokens for the old ones."""
        self._take_tokens({"grant_type": "refresh_token", "refresh_token": self._tokens["refresh_token"]})

    def _take_tokens(self, grant: dict[str, str]) -> None:
        self._tokens = self._expect(200, self._http.post("/api/v1/auth/token", json=grant)).json()

    def _consent(self, to_provider: str, person: str) -> str:
        page = self._expect(200, self._http.get(to_provider))
        hidden = _HIDDEN_REQUEST.search(page.text)
        if hidden is None:
            raise PhoneError("the consent page holds no request")
        form = {"request": hidden[1], "person": person, "decision": "allow"}
        return self._redirect(self._http.post(str(page.url.join("/consent")), data=form))

    def get(self, path: str, **query: str) -> Any:
        """The JSON answer to a GET that must succeed."""
        return self._expect(200, self._http.get(path, params=query, headers=self._headers())).json()

    def submit(self, service: str, version: int, data: Any, key: str, *, send_again: bool = False) -> httpx2.Response:
        """Sends a service request; the whole answer, for its headers matter.

        `send_again`: also when the same was sent a moment ago.
        """
        body = {"service": service, "version": version, "data": data, "send_again": send_again}
        headers = {**self._headers(), "Idempotency-Key": key}
        return self._http.post("/api/v1/service-requests", json=body, headers=headers)

    def insist(self, service: str, version: int, data: Any, key: str, *, patience: float) -> httpx2.Response:
        """Sends the same submission with the same key until there is an answer that will not change.

        A lost connection, a 5xx, a 429 and a twin under way are none. Raises PhoneError after `patience` seconds.
        """
        gives_up_at = time.monotonic() + patience
        while time.monotonic() < gives_up_at:
            wait = _FIRST_WAIT
            try:
                answer = self.submit(service, version, data, key)
                if not _asks_to_repeat(answer):
                    return answer
                wait = float(answer.headers.get("Retry-After", wait))
            except httpx2.TransportError:
                pass
            time.sleep(min(wait, _LONGEST_WAIT))
        raise PhoneError(f"{service}: no answer within {patience:g} s")

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens['access_token']}"} if self._tokens else {}

    def _redirect(self, response: httpx2.Response) -> str:
        return str(self._expect(302, response).headers["Location"])

    @staticmethod
    def _expect(status: int, response: httpx2.Response) -> httpx2.Response:
        if response.status_code != status:
            raise PhoneError(f"{response.request.url.path}: {response.status_code} {response.text[:300]}")
        return response


def _asks_to_repeat(answer: httpx2.Response) -> bool:
    if answer.status_code == httpx2.codes.CONFLICT:
        return bool(answer.json().get("code") == "submission_in_progress")
    return answer.status_code == httpx2.codes.TOO_MANY_REQUESTS or answer.status_code >= 500
