"""Reading bodies: JSON within a limit, holding only what the database can store."""

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from services_catalog.problems import Problem
from superapp.api.texts import BODY_TOO_LARGE

_DEEPEST = 50


class StrictJSONParser(BaseParser):
    """RFC 8259 without what trips the code behind it: NaN, infinities, lone surrogates, NUL, hundreds of levels."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(settings.REQUEST_BODY_LIMIT + 1)
        if len(body) > settings.REQUEST_BODY_LIMIT:
            raise Problem(BODY_TOO_LARGE)
        try:
            content = json.loads(body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite)
        except (ValueError, RecursionError):
            raise ParseError from None
        if _may_hold_trouble(body):
            _check(content, _DEEPEST)
        return content


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def _may_hold_trouble(body: bytes) -> bool:
    """Nearly never: what the database cannot hold must be written as an escape, and depth needs as many brackets."""
    return b"\\u" in body or body.count(b"[") + body.count(b"{") > _DEEPEST


def _check(content: Any, levels_left: int) -> None:
    if isinstance(content, str):
        if not storable(content):
            raise ParseError
    elif isinstance(content, (dict, list)):
        if levels_left == 0:
            raise ParseError
        for item in content.values() if isinstance(content, dict) else content:
            _check(item, levels_left - 1)
        for name in content if isinstance(content, dict) else ():
            _check(name, levels_left - 1)


def storable(text: str) -> bool:
    """Whether PostgreSQL and UTF-8 can hold the text: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
