"""Whether two providers speak of one person: what both give is compared as people read it, not letter by letter.

What cannot be compared (one writes Thai and the other English, a birthdate nobody can read) is no difference. Titles
change with marriage and rank, addresses with every move and hand that writes them: neither is compared.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date

from services_catalog.search.text import normalise

Claims = Mapping[str, str]

# Those that are written before a name in one field with it, the longer ones first.
_TITLES = (
    *("นางสาว", "เด็กหญิง", "เด็กชาย", "น.ส.", "ด.ญ.", "ด.ช.", "นาย", "นาง"),
    *("หม่อมราชวงศ์", "หม่อมหลวง", "ม.ร.ว.", "ม.ล.", "ดร."),
    *("miss ", "mrs. ", "mrs ", "mr. ", "mr ", "ms. ", "ms "),
)
_THAI = re.compile("[\u0e01-\u0e4e]")
# Marks above and below Thai letters are no letters to Python.
_NOT_LETTERS = re.compile("[^\\w\u0e01-\u0e4e]+")
_GENDERS = {"male": "m", "m": "m", "ชาย": "m", "female": "f", "f": "f", "หญิง": "f"}
# 1987-05-01, 19870501, 1987-05, 1987, and with - or 0 for what is not known: 198705--, 1987----, 1987-00-00.
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.]?(\d\d|--)(?:[-/.]?(\d\d|--))?)?\Z")
# 01/05/1987 is the first of May, as Thai documents have it.
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z")
# Years of the Buddhist era, which is 543 ahead.
_BUDDHIST_FROM, _BUDDHIST_AHEAD = 2400, 543
# Until 1940 the Thai year began in April: the first three months of a year in a document may be the next one's.
_LAST_APRIL_YEAR = 1940

Birthdate = tuple[int, int | None, int | None]


def differing_claims(one: Claims, other: Claims) -> list[str]:
    """The names of the claims that both give and that differ."""
    return [name for name, differ in _COMPARED.items() if differ(one.get(name, ""), other.get(name, ""))] + (
        ["name_th"] if _full_names_differ(one, other) else []
    )


def _names_differ(one: str, other: str) -> bool:
    ours, theirs = normalise(one), normalise(other)
    if bool(_THAI.search(ours)) != bool(_THAI.search(theirs)):
        return False
    our_readings, their_readings = _readings(ours), _readings(theirs)
    return bool(our_readings and their_readings) and not our_readings & their_readings


def _readings(name: str) -> set[str]:
    """The letters of a name as it stands, and without the title before it: some given names begin like one."""
    bare = next((name.removeprefix(title) for title in _TITLES if name.startswith(title)), name)
    return {letters for text in (name, bare) if (letters := _NOT_LETTERS.sub("", text))}


def _full_names_differ(one: Claims, other: Claims) -> bool:
    """Where one of them does not give the two parts apart."""
    if all(claims.get(part) for claims in (one, other) for part in ("given_name_th", "family_name_th")):
        return False
    return _names_differ(_full_name(one), _full_name(other))


def _full_name(claims: Claims) -> str:
    given, family = claims.get("given_name_th", ""), claims.get("family_name_th", "")
    return f"{given} {family}" if given and family else claims.get("name_th", "")


def _birthdates_differ(one: str, other: str) -> bool:
    ours, theirs = _birthdates(one), _birthdates(other)
    return bool(ours and theirs) and not any(_agree(our, their) for our in ours for their in theirs)


def _agree(one: Birthdate, other: Birthdate) -> bool:
    """As far as both are known."""
    return all(ours == theirs for ours, theirs in zip(one, other, strict=True) if ours and theirs)


def _birthdates(text: str) -> list[Birthdate]:
    """What the text may mean, in years of the common era; nothing where it is no date."""
    text = normalise(text)
    if found := _YEAR_FIRST.match(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.match(text):
        day, month, year = found.groups()
    else:
        return []
    read = (_common_era(int(year)), _known(month), _known(day))
    if not _is_date(read):
        return []
    early = read[0] <= _LAST_APRIL_YEAR and read[1] in (None, 1, 2, 3)
    return [read, (read[0] + 1, *read[1:])] if early else [read]


def _known(part: str | None) -> int | None:
    return int(part) or None if part and part.isdigit() else None


def _common_era(year: int) -> int:
    return year - _BUDDHIST_AHEAD if year >= _BUDDHIST_FROM else year


def _is_date(read: Birthdate) -> bool:
    year, month, day = read
    try:
        date(year, month or 1, day or 1)
    except ValueError:
        return False
    return True


def _genders_differ(one: str, other: str) -> bool:
    ours, theirs = (_GENDERS.get(normalise(text)) for text in (one, other))
    return bool(ours and theirs) and ours != theirs


_COMPARED: dict[str, Callable[[str, str], bool]] = {
    "given_name_th": _names_differ,
    "family_name_th": _names_differ,
    "birthdate": _birthdates_differ,
    "gender": _genders_differ,
}
