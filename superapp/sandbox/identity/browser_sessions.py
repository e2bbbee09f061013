"""Who is signed in at a provider, browser by browser."""

from http.cookies import SimpleCookie

from superapp.sandbox.identity.expiring import Expiring
from superapp.sandbox.listener import Request
from superapp.sandbox.people import Person

_SECONDS = 8 * 60 * 60
# Another site's form brings no such cookie, so that it signs nobody out.
_ATTRIBUTES = "Path=/; HttpOnly; SameSite=Lax"


class BrowserSessions:
    """`begin` and `end` give the header that tells the browser."""

    def __init__(self, provider: str) -> None:
        self._cookie = f"{provider}-session"  # a browser sends a cookie to all ports of one host
        self._people: Expiring[Person] = Expiring(_SECONDS)

    def person(self, request: Request) -> Person | None:
        return self._people.get(self._key(request))

    def begin(self, person: Person) -> dict[str, str]:
        return {"Set-Cookie": f"{self._cookie}={self._people.keep(person)}; {_ATTRIBUTES}"}

    def end(self, request: Request) -> dict[str, str]:
        self._people.take(self._key(request))
        return {"Set-Cookie": f"{self._cookie}=; Max-Age=0; {_ATTRIBUTES}"}

    def _key(self, request: Request) -> str:
        cookie = SimpleCookie(request.headers.get("Cookie", "")).get(self._cookie)
        return cookie.value if cookie else ""
