"""A relying party's server and a person's browser, one step of a sign-in at a time."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookies import SimpleCookie
from urllib.parse import parse_qsl, urlencode, urlsplit

from superapp.sandbox.client import Reply, exchange
from superapp.sandbox.credentials import CLIENT_ID, client_secret
from superapp.sandbox.identity.servers import callback_path

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PERSON = "1234567890121"
# Where people come back to after signing out.
PHONE = "https://app.superapp.example/signed-in"


class Browser:
    """A person's. It keeps cookies for the whole host, whatever the port, and follows no redirect by itself."""

    def __init__(self) -> None:
        self._cookies: dict[str, str] = {}

    def open(self, method: str, url: str, form: Mapping[str, str] | None = None) -> Reply:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        body = None if form is None else urlencode(form).encode()
        reply = exchange(method, url, headers={**FORM, "Cookie": cookies}, body=body)
        for name, cookie in SimpleCookie(reply.headers.get("Set-Cookie", "")).items():
            if cookie["max-age"] == "0":
                self._cookies.pop(name, None)
            else:
                self._cookies[name] = cookie.value
        return reply


class RelyingParty:
    """`browser` is that of the person who is sent to the provider. `authorize_path` and `token_path` are where the
    provider has its endpoints."""

    def __init__(
        self, url: str, provider: str, platform_url: str, secret: str, *, authorize_path: str, token_path: str
    ) -> None:
        self.url = url
        self.redirect_uri = platform_url + callback_path(provider)
        self.secret = client_secret(provider, secret=secret)
        self.browser = Browser()
        self._authorize_path, self._token_path = authorize_path, token_path

    def authorize(self, **changes: str | None) -> Reply:
        query = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": self.redirect_uri, "state": "s&1"}
        sent = {name: value for name, value in {**query, **changes}.items() if value is not None}
        return self.browser.open("GET", f"{self.url}{self._authorize_path}?{urlencode(sent)}")

    def consent(self, page: Reply, *, person: str = PERSON, decision: str = "allow", failure: str = "") -> Reply:
        assert page.status == 200
        sealed = re.search(r'name="request" value="([^"]+)"', page.body.decode())
        assert sealed
        form = {"request": sealed[1], "person": person, "decision": decision, "failure": failure}
        return self.browser.open("POST", f"{self.url}/consent", form)

    def code(self, person: str = PERSON, failure: str = "", **changes: str | None) -> str:
        return landing(self.consent(self.authorize(**changes), person=person, failure=failure))["code"]

    def token(self, code: str, *, headers: dict[str, str] | None = None, timeout: float = 5, **changes: str) -> Reply:
        """With the client's secret in the form; `changes` may say otherwise."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": CLIENT_ID,
            "client_secret": self.secret,
            **changes,
        }
        body = urlencode(form).encode()
        return exchange(
            "POST", f"{self.url}{self._token_path}", headers={**FORM, **(headers or {})}, body=body, timeout=timeout
        )

    def get(self, path: str, access_token: str) -> Reply:
        return exchange("GET", f"{self.url}{path}", headers={"Authorization": f"Bearer {access_token}"})


def basic(client_secret: str, client_id: str = CLIENT_ID) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{client_id}:{client_secret}'.encode()).decode()}"}


def landing(reply: Reply) -> dict[str, str]:
    assert reply.status == 302
    return dict(parse_qsl(urlsplit(reply.headers["Location"]).query))


@contextmanager
def switched(url: str, failure: str, **more: float) -> Iterator[None]:
    """The server at `url` shows that failure until the block ends."""
    for told in ({"failure": failure, **more}, {"failure": ""}):
        answer = exchange("POST", f"{url}/switches", body=json.dumps(told).encode())
        assert answer.status == 200, answer.body
        if told["failure"]:
            yield
