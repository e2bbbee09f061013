"""The mobile client: all that a phone does, over HTTP and nothing else."""

import base64
import hashlib
import json
import re
import secrets
import time
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx2

REDIRECT_URI = "https://app.superapp.example/signed-in"
# Seconds before a phone repeats itself; the platform may ask for more.
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0
_PATIENCE_WITH_BANKS = 60.0
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
        verifier, challenge = _proof()
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

    def sign_in_at_bank(self, person: str, bank_app: str, provider: str = "ndid") -> None:
        """The whole sign-in by consent: a bank is chosen and asks, the person accepts in its app, tokens."""
        verifier, challenge = _proof()
        banks = self.get(f"/api/v1/auth/providers/{provider}/banks")
        asked = {
            "provider": provider,
            "national_id": person,
            "bank": banks[0]["id"],
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "device_id": secrets.token_urlsafe(24),
        }
        started = self._expect(202, self._http.post("/api/v1/auth/consent-requests", json=asked)).json()
        path = f"/api/v1/auth/consent-requests/{started['id']}"
        self._accept(bank_app, started["reference"], banks[0]["id"])
        self._await_phones_turn(path)
        finished = self._http.post(f"{path}/finish", json={"code_verifier": verifier})
        self._tokens = self._expect(200, finished).json()

    def _accept(self, bank_app: str, reference: str, bank: str) -> None:
        """Looks for the request with that reference until it has come to the bank's app."""
        gives_up_at = time.monotonic() + _PATIENCE_WITH_BANKS
        while time.monotonic() < gives_up_at:
            page = self._expect(200, self._http.get(bank_app)).text
            for form in page.split("<form")[1:]:
                hidden = _HIDDEN_REQUEST.search(form)
                if reference in form and hidden is not None:
                    decision = {"request": hidden[1], "idp": bank, "decision": "accept"}
                    self._expect(303, self._http.post(bank_app, data=decision))
                    return
            time.sleep(_FIRST_WAIT)
        raise PhoneError(f"no request with the reference {reference} came to the bank")

    def _await_phones_turn(self, path: str) -> None:
        gives_up_at = time.monotonic() + _PATIENCE_WITH_BANKS
        while time.monotonic() < gives_up_at:
            asked = self.get(path)
            if asked["next_actor"] == "phone":
                return
            if asked["next_actor"] == "nobody":
                raise PhoneError(f"the sign-in at the bank ended as {asked['state']}")
            time.sleep(asked["ask_again_after"])
        raise PhoneError("the bank's answer did not come")

    @property
    def citizen(self) -> str:
        """Who the platform says is signed in: the subject of the access token."""
        payload = self._tokens["access_token"].split(".")[1]
        return str(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["sub"])

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

    def send_example(self, service_code: str) -> UUID:
        """Sends the example of that service's form, which must be accepted; our id of the request."""
        service = self.get(f"/api/v1/services/{service_code}")
        answer = self.submit(
            service_code, service["version"], service["example"], secrets.token_hex(16), send_again=True
        )
        return UUID(self._expect(202, answer).json()["id"])

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


def _proof() -> tuple[str, str]:
    """PKCE: a verifier and its S256 challenge."""
    verifier = secrets.token_urlsafe(48)
    return verifier, base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _asks_to_repeat(answer: httpx2.Response) -> bool:
    if answer.status_code == httpx2.codes.CONFLICT:
        return bool(answer.json().get("code") == "submission_in_progress")
    return answer.status_code == httpx2.codes.TOO_MANY_REQUESTS or answer.status_code >= 500
