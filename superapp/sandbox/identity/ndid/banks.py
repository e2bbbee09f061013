"""The identity providers behind NDID."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from superapp.sandbox.identity.codes import ProviderCode
from superapp.sandbox.people import Person, person_for

SUPPORTED_IAL = (1.1, 1.2, 1.3, 2.1, 2.2, 2.3, 3)
SUPPORTED_AAL = (1, 2.1, 2.2, 3)
AAL_OF_APPS = 2.2


@dataclass(frozen=True, slots=True)
class Bank:
    """`least_ial` is what a person needs for an account there, None where nobody has one yet."""

    node_id: str
    name_th: str
    name_en: str
    max_ial: float
    least_ial: float | None

    def level_of(self, person: Person) -> float | None:
        """The IAL at which it knows the person, None if it does not."""
        level = float(person.levels.get(ProviderCode.NDID, "0"))
        return level if self.least_ial is not None and level >= self.least_ial else None

    def as_json(self) -> dict[str, object]:
        names = {"marketing_name_th": self.name_th, "marketing_name_en": self.name_en}
        return {
            "node_id": self.node_id,
            "node_name": json.dumps(names, ensure_ascii=False),
            "max_ial": self.max_ial,
            "max_aal": AAL_OF_APPS,
            "supported_feature_list": [],
            "supported_request_message_data_url_type_list": [],
            "agent": False,
        }


BANKS = (
    Bank("idp1", "ธนาคารทดสอบหนึ่ง", "Test Bank One", 2.3, 1.1),
    Bank("idp2", "ธนาคารทดสอบสอง", "Test Bank Two", 2.3, 2.3),
    Bank("idp3", "ธนาคารเปิดใหม่ (ยังไม่มีลูกค้า)", "New Bank (no customers yet)", 2.3, None),
)
BY_NODE_ID = {bank.node_id: bank for bank in BANKS}


def banks_that_know(number: str) -> Iterator[tuple[Bank, float]]:
    """With the level of each. Raises ValueError if the number is none."""
    person = person_for(number)
    for bank in BANKS:
        level = bank.level_of(person)
        if level is not None:
            yield bank, level
