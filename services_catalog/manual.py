"""The lists of the citizen's manual: what their rows look like, and what is wrong with given ones.

`LISTS` gives the shape of each list field of `ServiceContent`; the admin draws its rows from it. A text is
{"th": str, "en": str}; an amount of baht is text such as "250.00". Rows may leave out what they need not have.

    legal_references    name (text), section, url
    steps               name (text), duration (whole number), unit: minutes | hours | calendar_days | working_days
    documents           name (text), required, condition (text), source: upload | agency
    fees                name (text), baht, note (text)
    contacts            name (text), phone, email, url; complaint_channels likewise
    claim_purposes      {claim of services_catalog.claims: text}
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from services_catalog.claims import CLAIMS
from services_catalog.languages import Text
from services_catalog.problems import FieldProblem, pointer

MOST_ROWS = 50
LONGEST_TEXT = 2_000
LONGEST_URL = 500
_BAHT = re.compile(r"\d{1,10}(\.\d{1,2})?", re.ASCII)
_PHONE = re.compile(r"[0-9+*#][0-9 +*#()\-]{2,39}", re.ASCII)
_LONGEST_DURATION = 10_000


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "text"
    WORD = "word"
    URL = "url"
    EMAIL = "email"
    PHONE = "phone"
    NUMBER = "number"
    BAHT = "baht"
    CHOICE = "choice"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Column:
    """A member of a row. `needed` texts must be there in Thai; English is a matter of quality."""

    name: str
    label: str | Promise
    kind: Kind = Kind.TEXT
    needed: bool = False
    choices: Mapping[str, str | Promise] = field(default_factory=dict)


_NAME = Column("name", _("name"), needed=True)
_URL = Column("url", _("website"), Kind.URL)
_WAYS_TO_REACH = (
    _NAME,
    Column("phone", _("telephone"), Kind.PHONE),
    Column("email", _("e-mail"), Kind.EMAIL),
    _URL,
)
UNITS = {
    "minutes": _("minutes"),
    "hours": _("hours"),
    "calendar_days": _("calendar days"),
    "working_days": _("working days"),
}
DOCUMENT_SOURCES = {"upload": _("the citizen uploads it"), "agency": _("fetched from another agency")}

LISTS: dict[str, tuple[Column, ...]] = {
    "legal_references": (_NAME, Column("section", _("section"), Kind.WORD), _URL),
    "steps": (
        _NAME,
        Column("duration", _("takes"), Kind.NUMBER),
        Column("unit", _("counted in"), Kind.CHOICE, choices=UNITS),
    ),
    "documents": (
        _NAME,
        Column("required", _("required"), Kind.FLAG),
        Column("condition", _("or only when")),
        Column("source", _("source"), Kind.CHOICE, needed=True, choices=DOCUMENT_SOURCES),
    ),
    "fees": (_NAME, Column("baht", _("baht"), Kind.BAHT, needed=True), Column("note", _("remark"))),
    "contacts": _WAYS_TO_REACH,
    "complaint_channels": _WAYS_TO_REACH,
}

_NOT_A_LIST = Text("ต้องเป็นรายการ", "This must be a list.")
_TOO_MANY = Text(f"มีได้ไม่เกิน {MOST_ROWS} รายการ", f"At most {MOST_ROWS} entries are allowed.")
_NOT_AN_ENTRY = Text("รายการไม่ถูกต้อง", "This is not an entry.")
_UNKNOWN = Text("ไม่มีช่องนี้", "There is no such field.")
_NEEDED = Text("กรุณากรอกข้อมูลนี้", "Please fill this in.")
_NEEDED_IN_THAI = Text("กรุณากรอกข้อความภาษาไทย", "Please fill this in, in Thai at least.")
_WRONG = {
    Kind.TEXT: Text("ต้องเป็นข้อความภาษาไทยและอังกฤษ", "This must be a text in Thai and English."),
    Kind.WORD: Text("ต้องเป็นข้อความสั้น ๆ", "This must be a short text."),
    Kind.URL: Text("ที่อยู่เว็บไม่ถูกต้อง", "This is not a web address (https://…)."),
    Kind.EMAIL: Text("อีเมลไม่ถูกต้อง", "This is not an e-mail address."),
    Kind.PHONE: Text("หมายเลขโทรศัพท์ไม่ถูกต้อง", "This is not a telephone number."),
    Kind.NUMBER: Text(
        f"ต้องเป็นจำนวนเต็ม 1 ถึง {_LONGEST_DURATION}", f"This must be a whole number from 1 to {_LONGEST_DURATION}."
    ),
    Kind.BAHT: Text("จำนวนเงินไม่ถูกต้อง เช่น 250.00", "This is not an amount of baht, such as 250.00."),
    Kind.CHOICE: Text("กรุณาเลือกจากรายการที่มี", "Please choose one of the options."),
    Kind.FLAG: Text("ต้องเป็นใช่หรือไม่ใช่", "This must be yes or no."),
}
_DURATION_WITHOUT_UNIT = Text("กรุณาเลือกหน่วยของระยะเวลา", "Please say what the time is counted in.")
_NO_SUCH_CLAIM = Text("ไม่มีข้อมูลยืนยันตัวตนนี้", "There is no such identity claim.")


def manual_problems(content: Mapping[str, Any]) -> list[FieldProblem]:
    """What is wrong with the lists among the fields of `content`; pointers lead into it: /steps/0/duration."""
    found: list[FieldProblem] = []
    for name, columns in LISTS.items():
        if name in content:
            found += _list_problems(name, columns, content[name])
    if "claim_purposes" in content:
        found += _purpose_problems(content["claim_purposes"])
    return found


def _list_problems(name: str, columns: tuple[Column, ...], rows: Any) -> Iterator[FieldProblem]:
    if not isinstance(rows, list):
        yield FieldProblem(pointer(name), "type", _NOT_A_LIST)
        return
    if len(rows) > MOST_ROWS:
        yield FieldProblem(pointer(name), "maxItems", _TOO_MANY)
    for number, row in enumerate(rows[:MOST_ROWS]):
        for member, code, message in _row_problems(columns, row):
            yield FieldProblem(pointer(name, number, *member), code, message)


def _row_problems(columns: tuple[Column, ...], row: Any) -> Iterator[tuple[tuple[str, ...], str, Text]]:
    if not isinstance(row, dict):
        yield (), "type", _NOT_AN_ENTRY
        return
    for surplus in sorted(str(one) for one in row.keys() - {column.name for column in columns}):
        yield (surplus,), "additionalProperties", _UNKNOWN
    for column in columns:
        yield from _cell_problems(column, row.get(column.name))
    if row.get("duration") and not row.get("unit"):
        yield ("unit",), "required", _DURATION_WITHOUT_UNIT


def _cell_problems(column: Column, value: Any) -> Iterator[tuple[tuple[str, ...], str, Text]]:
    is_text_needed = column.needed and column.kind is Kind.TEXT
    if is_empty(value):
        if column.needed:
            yield (column.name, "th") if is_text_needed else (column.name,), "required", _NEEDED
    elif not _fits(column, value):
        yield (column.name,), "invalid", _WRONG[column.kind]
    elif is_text_needed and not value.get("th"):
        yield (column.name, "th"), "required", _NEEDED_IN_THAI


def rows_in(value: Any) -> list[dict[str, Any]]:
    """The rows of a list field that can be read at all; for those who look at lists that nobody has checked."""
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def is_empty(value: Any) -> bool:
    """Whether a member of a row says nothing: left out, blank, or a text in neither language."""
    return value in (None, "", {}) or (isinstance(value, dict) and not any(value.values()))


def _fits(column: Column, value: Any) -> bool:
    match column.kind:
        case Kind.TEXT:
            return is_text(value)
        case Kind.FLAG:
            return isinstance(value, bool)
        case Kind.NUMBER:
            return type(value) is int and 1 <= value <= _LONGEST_DURATION
        case _:
            return isinstance(value, str) and len(value) <= LONGEST_TEXT and _reads(column, value)


def _reads(column: Column, value: str) -> bool:
    match column.kind:
        case Kind.CHOICE:
            return value in column.choices
        case Kind.BAHT:
            return _BAHT.fullmatch(value) is not None
        case Kind.PHONE:
            return _PHONE.fullmatch(value) is not None
        case Kind.URL:
            return len(value) <= LONGEST_URL and _passes(URLValidator(["https", "http"]), value)
        case Kind.EMAIL:
            return _passes(EmailValidator(), value)
        case _:
            return "\x00" not in value


def _passes(validate: URLValidator | EmailValidator, value: str) -> bool:
    try:
        validate(value)
    except ValidationError:
        return False
    return True


def is_text(value: Any) -> bool:
    """Whether it is {"th": …, "en": …}, one of which may be missing."""
    return (
        isinstance(value, dict)
        and value.keys() <= {"th", "en"}
        and all(isinstance(one, str) and len(one) <= LONGEST_TEXT and "\x00" not in one for one in value.values())
    )


def _purpose_problems(purposes: Any) -> Iterator[FieldProblem]:
    if not isinstance(purposes, dict):
        yield FieldProblem(pointer("claim_purposes"), "type", _NOT_AN_ENTRY)
        return
    for claim, purpose in purposes.items():
        if claim not in CLAIMS:
            yield FieldProblem(pointer("claim_purposes", claim), "enum", _NO_SUCH_CLAIM)
        elif not is_text(purpose):
            yield FieldProblem(pointer("claim_purposes", claim), "type", _WRONG[Kind.TEXT])
