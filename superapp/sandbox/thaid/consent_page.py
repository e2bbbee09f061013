from html import escape
from pathlib import Path
from string import Template

from superapp.sandbox.listener import Response
from superapp.sandbox.people import TEST_PEOPLE, Person
from superapp.sandbox.thaid.authorization import AuthorizationRequest
from superapp.sandbox.thaid.claims import OPENID

_PAGE = Template(Path(__file__).with_name("consent.html").read_text(encoding="utf-8"))

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}

_WORDS = {
    "pid": ("เลขประจำตัวประชาชน", "National number"),
    "name": ("ชื่อ–นามสกุล", "Name"),
    "name_en": ("ชื่อ–นามสกุลภาษาอังกฤษ", "Name in English"),
    "title": ("คำนำหน้าชื่อ", "Title"),
    "title_en": ("คำนำหน้าชื่อภาษาอังกฤษ", "Title in English"),
    "given_name": ("ชื่อ", "Given name"),
    "middle_name": ("ชื่อกลาง", "Middle name"),
    "family_name": ("นามสกุล", "Family name"),
    "given_name_en": ("ชื่อภาษาอังกฤษ", "Given name in English"),
    "middle_name_en": ("ชื่อกลางภาษาอังกฤษ", "Middle name in English"),
    "family_name_en": ("นามสกุลภาษาอังกฤษ", "Family name in English"),
    "birthdate": ("วันเกิด", "Date of birth"),
    "gender": ("เพศ", "Gender"),
    "address": ("ที่อยู่ตามบัตร", "Address on the card"),
    "ial": ("ระดับการยืนยันตัวตน", "Assurance level"),
    "smartcard_code": ("รหัสใต้รูปถ่ายบนบัตร", "Code under the photo on the card"),
    "date_of_issuance": ("วันออกบัตร", "Date of issue"),
    "date_of_expiry": ("วันบัตรหมดอายุ", "Date of expiry"),
}


def consent_page(asked: AuthorizationRequest, *, sealed: str) -> Response:
    page = _PAGE.substitute(
        request=escape(sealed),
        scopes="\n".join(_scope_item(scope) for scope in asked.scopes if scope != OPENID),
        people="\n".join(_choice(person, checked=person is TEST_PEOPLE[0]) for person in TEST_PEOPLE),
    )
    return Response(200, page.encode(), _HEADERS)


def _scope_item(scope: str) -> str:
    thai, english = _WORDS[scope]
    return f'<li>{thai} <span lang="en">{english}</span></li>'


def _choice(person: Person, *, checked: bool) -> str:
    return (
        f'<label><input type="radio" name="person" value="{person.number}"{" checked" if checked else ""}>'
        f'<span><b>{escape(person.name_th)}</b><span lang="en">{escape(person.name_en)}</span>'
        f"<small>{_spaced(person.number)} · IAL {person.ial}</small></span></label>"
    )


def _spaced(number: str) -> str:
    """As printed on the card: 1 2345 67890 12 1."""
    return " ".join((number[0], number[1:5], number[5:10], number[10:12], number[12]))
