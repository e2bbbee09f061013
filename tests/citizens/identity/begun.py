"""Sign-ins at a provider of our own, up to what the phone is told."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.citizens.identity.conftest import Browser, landing
from tests.citizens.identity.fake_provider import FakeProvider


def sign_in_with(provider: FakeProvider, make_token: Callable[[str], str]) -> dict[str, str]:
    """Signs in while the provider answers with the id_token made for the nonce it was given."""
    begun = Begun()
    provider.answers_with(make_token(begun.asked["nonce"]))
    return begun.come_back()


class Begun:
    """A sign-in of which the browser stands before the provider; `asked` is what it was sent there with."""

    def __init__(self, provider: str = "thaid") -> None:
        self.browser = Browser()
        self.provider = provider
        self.address = self.browser.begin(provider=provider)["Location"]
        self.asked = dict(parse_qsl(urlsplit(self.address).query))

    def come_back(self, **more: str) -> dict[str, str]:
        """What the phone is opened with once the browser is back with a code."""
        query = urlencode({"code": "c", "state": self.asked["state"], **more})
        return landing(self.browser.come_back(f"/api/v1/auth/{self.provider}/callback?{query}"))
