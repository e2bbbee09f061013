"""Synthetic people who can sign in at the sandbox. None exists; every number has a valid check digit."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from superapp.sandbox.identity.codes import ProviderCode

_NUMBER = re.compile(r"[0-9]{13}")


@dataclass(frozen=True, slots=True)
class PersonName:
    title: str
    given: str
    family: str


@dataclass(frozen=True, slots=True)
class Person:
    """`number` is the 13-digit national number.

    `levels` tells which providers know the person, and at which identity assurance level ("" where a provider does not
    say); `elsewhere` has the Thai name at a provider that has another one.
    """

    number: str
    th: PersonName
    en: PersonName
    birthdate: date
    gender: str
    address: str
    levels: Mapping[ProviderCode, str]
    elsewhere: Mapping[ProviderCode, PersonName] = field(default_factory=dict)

    @property
    def name_th(self) -> str:
        return f"{self.th.title}{self.th.given} {self.th.family}"

    @property
    def name_en(self) -> str:
        return f"{self.en.title} {self.en.given} {self.en.family}"

    def is_known_to(self, provider: ProviderCode) -> bool:
        return provider in self.levels

    def as_known_to(self, provider: ProviderCode) -> "Person":
        return replace(self, th=self.elsewhere.get(provider, self.th))


def _levels(**levels: str) -> dict[ProviderCode, str]:
    return {ProviderCode(code): level for code, level in levels.items()}


_EVERYWHERE = _levels(thaid="2.3", moprom="2.3", paotang="", dga="2.3", ndid="2.3")

TEST_PEOPLE: tuple[Person, ...] = (
    Person(
        number="1234567890121",
        th=PersonName("นาย", "ทดสอบ", "ระบบดี"),
        en=PersonName("Mr.", "Thotsop", "Rabopdi"),
        birthdate=date(1990, 5, 17),
        gender="male",
        address="99/1 หมู่ที่ 4 ตำบลสุเทพ อำเภอเมืองเชียงใหม่ จังหวัดเชียงใหม่ 50200",
        levels=_EVERYWHERE,
    ),
    Person(
        number="1101700234568",
        th=PersonName("นางสาว", "สุดา", "ใจงาม"),
        en=PersonName("Miss", "Suda", "Chaingam"),
        birthdate=date(1998, 11, 2),
        gender="female",
        address="128 ถนนพหลโยธิน แขวงจตุจักร เขตจตุจักร กรุงเทพมหานคร 10900",
        levels=_levels(thaid="2.3", moprom="2.1", ndid="2.3"),
    ),
    Person(
        number="2000000000007",
        th=PersonName("นาย", "อารี", "ทองแท้"),
        en=PersonName("Mr.", "Ari", "Thongthae"),
        birthdate=date(2004, 2, 29),
        gender="male",
        address="15 หมู่ที่ 2 ตำบลรูสะมิแล อำเภอเมืองปัตตานี จังหวัดปัตตานี 94000",
        levels=_levels(thaid="1.3", moprom="1.3", dga="1.3"),
    ),
    Person(
        number="3100600445635",
        th=PersonName("นาง", "บุญมา", "ศรีสุข"),
        en=PersonName("Mrs.", "Bunma", "Sisuk"),
        birthdate=date(1953, 1, 1),
        gender="female",
        address="7/3 ซอยลาดพร้าว 101 แขวงคลองจั่น เขตบางกะปิ กรุงเทพมหานคร 10240",
        levels=_levels(thaid="2.3", moprom="2.3", paotang=""),
        # Married since: Mor Prom and ThaID have heard of it, Pao Tang has not.
        elsewhere={ProviderCode.PAOTANG: PersonName("นางสาว", "บุญมา", "แก้วใส")},
    ),
    Person(
        number="8111111111116",
        th=PersonName("นาย", "เดวิด", "มิลเลอร์"),
        en=PersonName("Mr.", "David", "Miller"),
        birthdate=date(1976, 8, 23),
        gender="male",
        address="55 ถนนวิชิตสงคราม ตำบลตลาดใหญ่ อำเภอเมืองภูเก็ต จังหวัดภูเก็ต 83000",
        levels=_levels(thaid="2.1", paotang="", ndid="2.1"),
    ),
    # A foreigner with a number and a bank, and without the card that ThaID wants.
    Person(
        number="6123456789015",
        th=PersonName("นางสาว", "มินา", "ยาดา"),
        en=PersonName("Miss", "Mina", "Yada"),
        birthdate=date(1995, 3, 12),
        gender="female",
        address="240/8 ถนนเอกชัย ตำบลมหาชัย อำเภอเมืองสมุทรสาคร จังหวัดสมุทรสาคร 74000",
        levels=_levels(paotang="", ndid="2.1"),
    ),
    # A person without registration status: the first digit is 0, as it is for juristic persons.
    Person(
        number="0500789000127",
        th=PersonName("นางสาว", "นาแส", "ยอดดอย"),
        en=PersonName("Miss", "Nasae", "Yotdoi"),
        birthdate=date(2001, 7, 9),
        gender="female",
        address="33 หมู่ที่ 8 ตำบลแม่สลองนอก อำเภอแม่ฟ้าหลวง จังหวัดเชียงราย 57110",
        levels=_levels(thaid="2.1", moprom="1.3"),
    ),
)

_BY_NUMBER = {person.number: person for person in TEST_PEOPLE}
_MEN = (("กิตติ", "Kitti"), ("ณัฐ", "Nat"), ("ธนา", "Thana"), ("ปรีชา", "Pricha"), ("วิชัย", "Wichai"))
_WOMEN = (("กานดา", "Kanda"), ("จันทร์", "Chan"), ("ดวงใจ", "Duangchai"), ("มาลี", "Mali"), ("อรุณี", "Aruni"))
_FAMILIES = (
    ("แก้วมณี", "Kaeomani"), ("จันทร์เพ็ญ", "Chanphen"), ("ทรัพย์มาก", "Sapmak"), ("บุญเรือง", "Bunrueang"),
    ("พงษ์ไทย", "Phongthai"), ("รักษาดี", "Raksadi"), ("วงศ์สว่าง", "Wongsawang"), ("สุขเกษม", "Sukkasem"),
)  # fmt: skip


def person_for(number: str) -> Person:
    """The test person with this number, or a made-up one: the same number always gives the same person.

    Raises ValueError unless `number` is 13 digits with a valid check digit.
    """
    if not is_number(number):
        raise ValueError("not a 13-digit national number with a valid check digit")
    return _BY_NUMBER.get(number) or _made_up(number)


def is_number(value: str) -> bool:
    return _NUMBER.fullmatch(value) is not None and check_digit(value[:12]) == value[12]


def check_digit(first_twelve: str) -> str:
    """The rule of the Department of Provincial Administration for the 13th digit."""
    weighted = sum((13 - position) * int(digit) for position, digit in enumerate(first_twelve))
    return str((11 - weighted % 11) % 10)


def _made_up(number: str) -> Person:
    dice = hashlib.sha256(number.encode()).digest()
    is_man = dice[0] % 2 == 0
    given_th, given_en = (_MEN if is_man else _WOMEN)[dice[1] % 5]
    family_th, family_en = _FAMILIES[dice[2] % len(_FAMILIES)]
    return Person(
        number=number,
        th=PersonName("นาย" if is_man else "นาง", given_th, family_th),
        en=PersonName("Mr." if is_man else "Mrs.", given_en, family_en),
        birthdate=date(1950 + dice[3] % 55, 1 + dice[4] % 12, 1 + dice[5] % 28),
        gender="male" if is_man else "female",
        address=f"{1 + dice[6]} หมู่ที่ {1 + dice[7] % 12} ตำบลในเมือง อำเภอเมืองขอนแก่น จังหวัดขอนแก่น 40000",
        levels=_EVERYWHERE,
    )
