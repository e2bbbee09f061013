"""JSON as people type it: what is wrong with the text, and where each of its parts stands."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

from services_catalog.languages import Text
from services_catalog.problems import pointer

LONGEST_TEXT = 200_000
DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Place:
    """Counted from 1, in characters."""

    line: int
    column: int


START = Place(1, 1)


class Unreadable(Exception):
    """A text or a value that no form is made of."""

    def __init__(self, code: str, message: Text, place: Place = START) -> None:
        super().__init__(message.en)
        self.code = code
        self.message = message
        self.place = place


_MISTAKES = [
    (
        "Expecting property name",
        Text(
            'ต้องเป็นชื่อในเครื่องหมาย " หรืออาจมีจุลภาค (,) เกินมา',
            'A name in "quotes" belongs here, or there is a comma too many.',
        ),
    ),
    ("Expecting ':'", Text("ขาดเครื่องหมาย : หลังชื่อ", "A : is missing after the name.")),
    (
        "Expecting ','",
        Text("ขาดจุลภาค (,) หรือวงเล็บปิด ก่อนตำแหน่งนี้", "A comma or a closing bracket is missing before this place."),
    ),
    (
        "Expecting value",
        Text(
            'ต้องเป็นค่า: ข้อความในเครื่องหมาย " ตัวเลข true false null { หรือ [',
            'A value belongs here: a text in "quotes", a number, true, false, null, { or [.',
        ),
    ),
    ("Unterminated string", Text('ข้อความที่เริ่มตรงนี้ไม่มีเครื่องหมาย " ปิด', 'The text that begins here has no closing ".')),
    ("Invalid control", Text("ข้อความขึ้นบรรทัดใหม่ไม่ได้ ให้ใช้ \\n", "A text may not go on in a new line: write \\n.")),
    ("Invalid \\", Text("เครื่องหมาย \\ ตรงนี้ไม่ถูกต้อง ให้ใช้ \\\\", "This \\ means nothing: write \\\\ for one.")),
    ("Extra data", Text("มีข้อความเกินหลังจบ JSON", "The JSON ends before this place: the rest does not belong to it.")),
]
_NOT_JSON = Text("ข้อความนี้ไม่ใช่ JSON", "This is not JSON.")
_TOO_LONG = Text(f"ข้อความยาวเกิน {LONGEST_TEXT:,} ตัวอักษร", f"The text is longer than {LONGEST_TEXT:,} characters.")
_TOO_DEEP = Text(f"ซ้อนกันลึกเกิน {DEEPEST} ชั้น", f"It is nested more than {DEEPEST} levels deep.")
_BAD_NUMBER = Text("ตัวเลขนี้ใช้ไม่ได้", "This number cannot be used.")
_BAD_TEXT = Text("มีอักขระที่จัดเก็บไม่ได้", "A text holds a character that cannot be stored.")


def read_json(text: str) -> Any:
    """The value of a JSON text. Raises Unreadable."""
    if len(text) > LONGEST_TEXT:
        raise Unreadable("too_long", _TOO_LONG)
    try:
        value = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        sentence = next((told for begins, told in _MISTAKES if error.msg.startswith(begins)), _NOT_JSON)
        raise Unreadable("syntax", sentence, Place(error.lineno, error.colno)) from None
    except RecursionError:
        raise Unreadable("too_deep", _TOO_DEEP) from None
    except ValueError:  # a constant that is no JSON, or more digits than Python reads
        raise Unreadable("number", _BAD_NUMBER) from None
    refuse_unstorable(value)
    if twice := _first_twin(text):
        raise twice
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def refuse_unstorable(value: Any) -> None:
    """Raises Unreadable for a value that is nested too deep, or that the database or a validator cannot hold."""
    level = [value]
    for _depth in range(DEEPEST):
        if problem := next(filter(None, map(_unstorable, level)), None):
            raise Unreadable(*problem)
        level = [member for one in level for member in _members(one)]
        if not level:
            return
    raise Unreadable("too_deep", _TOO_DEEP)


def _members(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, list) else []


def _unstorable(value: Any) -> tuple[str, Text] | None:
    if isinstance(value, float) and not math.isfinite(value):
        return "number", _BAD_NUMBER
    if isinstance(value, str) and ("\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)):
        return "text", _BAD_TEXT
    return None


_TOKENS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


@dataclass(slots=True)
class _Frame:
    """An object or an array that is being read: the pointer to it, and its present member."""

    pointer: str
    member: str | int | None
    waits: bool = True  # for a name, or for an item


def _walk(text: str) -> Iterator[tuple[str, int]]:
    """(pointer, offset) of each member of a text that is JSON: where its name stands, for items where they begin."""
    frames: list[_Frame] = []
    for token in _TOKENS.finditer(text):
        frame = frames[-1] if frames else None
        mark = token[0]
        if mark in "}]":
            frames.pop()
            continue
        if frame and mark == ",":
            frame.waits = True
            continue
        if frame and frame.waits:
            frame.waits = False
            frame.member = json.loads(mark) if not isinstance(frame.member, int) else frame.member + 1
            yield frame.pointer + pointer(frame.member), token.start()
        if mark in "{[":
            above = frame.pointer + pointer(frame.member) if frame and frame.member is not None else ""
            frames.append(_Frame(above, -1 if mark == "[" else None))


def places(text: str) -> dict[str, Place]:
    """Where each part of a readable text stands, by its JSON pointer."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found, line = {"": START}, 0
    for where, offset in _walk(text):
        while line + 1 < len(starts) and starts[line + 1] <= offset:
            line += 1
        found[where] = Place(line + 1, offset - starts[line] + 1)
    return found


def _first_twin(text: str) -> Unreadable | None:
    seen: set[str] = set()
    for where, offset in _walk(text):
        if where in seen:
            name = where.rsplit("/", 1)[-1][:60]
            message = Text(f"มีชื่อ “{name}” ซ้ำกัน", f"The name “{name}” is there twice.")
            lines = text[:offset].split("\n")
            return Unreadable("twice", message, Place(len(lines), len(lines[-1]) + 1))
        seen.add(where)
    return None
