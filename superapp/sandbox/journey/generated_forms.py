"""Forms for services of the national list, which has names only: what such a service would ask at the least."""

from typing import Any

from services_catalog.models import Service
from services_catalog.services.demo_catalogue import Form, demo_forms

_BY_WORD = {"ใบอนุญาตขับรถ": "driving-licence-renewal"}


def form_for(service: Service) -> Form:
    """A form of the demo catalogue where the name says which fits, else a general one that names the service."""
    for word, form in _BY_WORD.items():
        if word in service.name_th:
            return demo_forms()[form]
    return Form(_general_form(service.name_th), _GENERAL_EXAMPLE)


_GENERAL_EXAMPLE = {
    "subject": "ขอรับบริการ",
    "phone": "0812345678",
    "preferred_date": "2026-12-01",
    "contact_by": "phone",
}


def _general_form(name: str) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "type": "object",
        "additionalProperties": False,
        "required": ["subject", "phone", "contact_by"],
        "properties": {
            "subject": {
                "type": "string",
                "minLength": 1,
                "maxLength": 200,
                "x-label": {"th": "เรื่องที่ขอ", "en": "What you ask for"},
            },
            "phone": {
                "type": "string",
                "pattern": "^0[0-9]{8,9}$",
                "x-label": {"th": "หมายเลขโทรศัพท์", "en": "Phone number"},
            },
            "preferred_date": {
                "type": "string",
                "format": "date",
                "x-label": {"th": "วันที่สะดวก", "en": "Preferred date"},
            },
            "contact_by": {
                "type": "string",
                "enum": ["phone", "email", "mail"],
                "x-label": {"th": "ติดต่อกลับทาง", "en": "Contact me by"},
                "x-enum-labels": {
                    "phone": {"th": "โทรศัพท์", "en": "Phone"},
                    "email": {"th": "อีเมล", "en": "E-mail"},
                    "mail": {"th": "ไปรษณีย์", "en": "Mail"},
                },
            },
            "details": {
                "type": "string",
                "maxLength": 1000,
                "x-label": {"th": "รายละเอียด", "en": "Details"},
            },
        },
    }
