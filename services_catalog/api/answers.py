"""Answers of the public catalogue, remembered by each process for as long as they hold.

What is remembered belongs to a version of the catalogue, which each process asks the database for
(settings.CATALOGUE_ASKED_EVERY); so all change over at once, and no cache server can be away or behind.
"""

import math
import time
from collections.abc import Callable, Hashable
from datetime import timedelta
from hashlib import blake2b
from threading import Lock

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import parse_etags
from rest_framework.request import Request

from services_catalog.api.encodings import IDENTITY, best_encoding, encoders
from services_catalog.models import CatalogueVersion

# Shorter than this, compression saves nothing.
_WORTH_COMPRESSING = 500


class Answer:
    """A body as JSON, with its ETag and, from when they are first asked for, its compressed forms."""

    def __init__(self, body: bytes) -> None:
        self.made_at = timezone.now()
        # Weak: the same for all encodings.
        self.etag = f'W/"{blake2b(body, digest_size=12).hexdigest()}"'
        self._bodies = {IDENTITY: body}

    def body(self, encoding: str) -> bytes:
        found = self._bodies.get(encoding)
        if found is None:
            found = self._bodies[encoding] = encoders()[encoding](self._bodies[IDENTITY])
        return found

    def respond(self, request: Request, *, max_age: timedelta) -> HttpResponse:
        """304 to whoever has it, else the body in the best encoding that is accepted."""
        headers = {
            "ETag": self.etag,
            "Cache-Control": f"public, max-age={max_age // timedelta(seconds=1)}",
            "Vary": "Accept-Encoding",
        }
        if self.is_known(request):
            return HttpResponseNotModified(headers=headers)
        is_short = len(self._bodies[IDENTITY]) < _WORTH_COMPRESSING
        encoding = IDENTITY if is_short else best_encoding(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        if encoding != IDENTITY:
            headers["Content-Encoding"] = encoding
        return HttpResponse(self.body(encoding), content_type="application/json", headers=headers)

    def is_known(self, request: Request) -> bool:
        """Whether the caller has it: If-None-Match, by weak comparison (RFC 9110, section 13.1.2)."""
        if_none_match = request.META.get("HTTP_IF_NONE_MATCH", "")
        if not if_none_match:
            return False
        known = parse_etags(if_none_match)
        return known == ["*"] or self.etag.removeprefix("W/") in [one.removeprefix("W/") for one in known]


class KeptAnswers:
    """The latest answers of this process to one kind of call, at most `most` of them, all of one version.

    `fresh_for`: how late what depends on the clock alone may be told, such as an outage that begins; None where
    nothing does.
    """

    def __init__(self, *, most: int, fresh_for: timedelta | None = None) -> None:
        self._most = most
        self._fresh_for = fresh_for
        self._making = Lock()
        # Replaced as one: a version never meets the answers of another.
        self._kept: tuple[tuple[int, int], dict[Hashable, Answer]] = ((0, 0), {})

    def find_or_make(self, version: tuple[int, int], key: Hashable, make: Callable[[], bytes]) -> Answer:
        """One thread makes an answer, others that want one wait; they would only slow each other down."""
        if answer := self.find(version, key):
            return answer
        with self._making:
            if answer := self.find(version, key):
                return answer
            answer = Answer(make())
            if self._kept[0] != version:
                self._kept = (version, {})
            answers = self._kept[1]
            answers.pop(key, None)
            while len(answers) >= self._most:
                del answers[next(iter(answers))]
            answers[key] = answer
            return answer

    def find(self, version: tuple[int, int], key: Hashable) -> Answer | None:
        kept_version, answers = self._kept
        answer = answers.get(key) if kept_version == version else None
        if answer is None or self._fresh_for is None:
            return answer
        return answer if answer.made_at <= timezone.now() < answer.made_at + self._fresh_for else None


_asked: tuple[float, tuple[int, int]] = (-math.inf, (0, 0))


def catalogue_version() -> tuple[int, int]:
    """The number of what the catalogue says, and that of how its services run; to be read before what they number."""
    global _asked
    now = time.monotonic()
    asked_at, version = _asked
    if now - asked_at >= settings.CATALOGUE_ASKED_EVERY.total_seconds():
        version = CatalogueVersion.objects.values_list("number", "running").first() or (0, 0)
        _asked = (now, version)
    return version
