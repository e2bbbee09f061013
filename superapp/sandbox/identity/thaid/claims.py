"""The scopes of ThaID, each of which is also the name of a claim, except `openid`."""

from collections.abc import Callable, Collection

from superapp.sandbox.identity.authorization import OPENID
from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.people import Person

_CLAIMS: dict[str, tuple[str, str, Callable[[Person], str]]] = {
    "pid": ("เลขประจำตัวประชาชน", "National number", lambda person: person.number),
    "name": ("ชื่อ–นามสกุล", "Name", lambda person: person.name_th),
    "name_en": ("ชื่อ–นามสกุลภาษาอังกฤษ", "Name in English", lambda person: person.name_en),
    "title": ("คำนำหน้าชื่อ", "Title", lambda person: person.th.title),
    "title_en": ("คำนำหน้าชื่อภาษาอังกฤษ", "Title in English", lambda person: person.en.title),
    "given_name": ("ชื่อ", "Given name", lambda person: person.th.given),
    "middle_name": ("ชื่อกลาง", "Middle name", lambda _: ""),
    "family_name": ("นามสกุล", "Family name", lambda person: person.th.family),
    "given_name_en": ("ชื่อภาษาอังกฤษ", "Given name in English", lambda person: person.en.given),
    "middle_name_en": ("ชื่อกลางภาษาอังกฤษ", "Middle name in English", lambda _: ""),
    "family_name_en": ("นามสกุลภาษาอังกฤษ", "Family name in English", lambda person: person.en.family),
    "birthdate": ("วันเกิด", "Date of birth", lambda person: person.birthdate.isoformat()),
    "gender": ("เพศ", "Gender", lambda person: person.gender),
    "address": ("ที่อยู่ตามบัตร", "Address on the card", lambda person: person.address),
    "ial": ("ระดับการยืนยันตัวตน", "Assurance level", lambda person: person.levels[ProviderCode.THAID]),
    "smartcard_code": (
        "รหัสใต้รูปถ่ายบนบัตร",
        "Code under the photo on the card",
        lambda person: f"1009-{person.number[1:3]}-{person.number[3:11]}",
    ),
    "date_of_issuance": ("วันออกบัตร", "Date of issue", lambda _: "2023-06-01"),
    "date_of_expiry": ("วันบัตรหมดอายุ", "Date of expiry", lambda _: "2032-05-31"),
}

SCOPES = {OPENID: (), **{name: ((thai, english),) for name, (thai, english, _) in _CLAIMS.items()}}


def claims_of(person: Person, scopes: Collection[str]) -> dict[str, str]:
    return {name: claim(person) for name, (_, _, claim) in _CLAIMS.items() if name in scopes}
