"""The pages that people see, on a phone first, in Thai and English."""

from collections.abc import Collection
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from superapp.sandbox.identity.failures import Failure
from superapp.sandbox.identity.switches import Switches
from superapp.sandbox.listener import Response

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}


def page(name: str, *, colour: str, name_th: str, name_en: str, **parts: str) -> Response:
    """`name` is a file beside this one, the inside of frame.html; `parts` are HTML."""
    inside = template(name).substitute(name_th=name_th, name_en=name_en, **parts)
    text = template("frame.html").substitute(colour=colour, name_en=name_en, inside=inside)
    return Response(200, text.encode(), _HEADERS)


def both(thai: str, english: str) -> str:
    if thai == english:
        return escape(thai)
    return f'{escape(thai)} <span lang="en">{escape(english)}</span>'


def choice_of_failure(switches: Switches, *, but: Collection[Failure]) -> str:
    """Options of a <select>; the first leaves it to the server's switch."""
    return "\n".join(
        f'<option value="{failure}">{escape(" · ".join(failure.words))}</option>'
        for failure in switches.offered
        if failure not in but
    )


@cache
def template(name: str) -> Template:
    return Template(Path(__file__).with_name(name).read_text(encoding="utf-8"))
