"""A text that fits a simple regular expression, for examples."""

import re

_CLASSES = {"d": "1", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
_REPEATED = re.compile(r"\{(\d+)(?:,(\d*))?\}|[*+?]")
_LONGEST = 500


class _TooHard(Exception):
    """Something that this reader does not know."""


def text_for(pattern: str) -> str | None:
    """A short text that fits; None for what is more than letters, classes, groups, choices and repeats."""
    try:
        text, rest = _choice(pattern)
    except (_TooHard, IndexError):
        return None
    return text if not rest else None


def _choice(pattern: str) -> tuple[str, str]:
    """The first of alternatives, and what is left after all of them."""
    first, rest = _sequence(pattern)
    while rest.startswith("|"):
        _, rest = _sequence(rest[1:])
    return first, rest


def _sequence(pattern: str) -> tuple[str, str]:
    text = ""
    while pattern and pattern[0] not in "|)":
        one, pattern = _atom(pattern)
        repeat = _REPEATED.match(pattern)
        if repeat:
            pattern = pattern[repeat.end() :].removeprefix("?")
            if len(one) * _least(repeat) > _LONGEST:
                raise _TooHard
            one *= _least(repeat)
        text += one
    return text, pattern


def _least(repeat: re.Match[str]) -> int:
    if repeat[1]:
        return int(repeat[1])
    return 1 if repeat[0] == "+" else 0


def _atom(pattern: str) -> tuple[str, str]:
    head, rest = pattern[0], pattern[1:]
    if head in "^$":
        return "", rest
    if head == "(":
        if rest.startswith("?") and not rest.startswith("?:"):
            raise _TooHard
        text, rest = _choice(rest.removeprefix("?:"))
        return text, rest[1:]
    if head == "[":
        return _class(rest)
    if head == "\\":
        return _escaped(rest)
    if head in "*+?{":
        raise _TooHard
    return ("a" if head == "." else head), rest


def _escaped(rest: str) -> tuple[str, str]:
    letter = rest[0]
    if letter in _CLASSES:
        return _CLASSES[letter], rest[1:]
    if letter.isalnum():
        raise _TooHard
    return letter, rest[1:]


def _class(rest: str) -> tuple[str, str]:
    """One member of a class such as [a-z_]; of a negated one a letter or digit that it does not name."""
    closing = re.match(r"\^?\]?(?:\\.|[^\]\\])*\]", rest)
    if closing is None:
        raise _TooHard
    members = rest[: closing.end()]
    known = re.compile(f"[{members}")
    wanted = "ก1aA " if members.startswith("^") else _escaped_first(members)
    fitting = next((letter for letter in wanted if known.fullmatch(letter)), None)
    if fitting is None:
        raise _TooHard
    return fitting, rest[closing.end() :]


def _escaped_first(members: str) -> str:
    # What a class begins with is its most usual member: [0-9], [ก-ฮ], [A-Z].
    return members[0] + "1aAก -" + members
