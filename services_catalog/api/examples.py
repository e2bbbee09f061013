"""What the answers look like, for the published schema."""

from typing import Any

from drf_spectacular.utils import OpenApiExample

_NAME = {"th": "ขอต่ออายุใบอนุญาตขับรถ", "en": "Driving licence renewal"}
_AGENCY = {"code": "dlt", "name": {"th": "กรมการขนส่งทางบก", "en": "Department of Land Transport"}}
_CONTACT = {"phone": "1584", "email": "", "url": "https://www.dlt.go.th"}
_MINISTRY = {"th": "กระทรวงคมนาคม", "en": "Ministry of Transport"}
_CATEGORY = {"code": "vehicles", "name": {"th": "ยานพาหนะ", "en": "Vehicles"}}
_LIFE_EVENT = {"code": "driving", "name": {"th": "ขับขี่", "en": "Driving"}}
_WORDS = {
    "th": "ปิดปรับปรุงระบบ คุณยื่นคำขอได้ตามปกติ",
    "en": "Maintenance. You may send now; we deliver when it is over.",
}
_OUTAGE = {
    "starts_at": "2026-11-23T01:00:00+07:00",
    "ends_at": "2026-11-23T05:00:00+07:00",
    "meanwhile": "queue",
    "message": _WORDS,
}
_RUNNING = {
    "availability": {"state": "queueing", "message": _WORDS, "until": _OUTAGE["ends_at"]},
    "delivery": {
        "state": "delayed",
        "reason": "outage",
        "since": _OUTAGE["starts_at"],
        "until": _OUTAGE["ends_at"],
        "next_try_at": None,
        "message": _WORDS,
    },
    "usual_time": {"median_seconds": 5400, "p90_seconds": 86400},
}
_ROW = {
    "code": "dlt-licence-renewal",
    "name": _NAME,
    "agency": _AGENCY,
    "category": _CATEGORY,
    "version": 3,
    **_RUNNING,
}
_TEXT: dict[str, Any] = {
    "code": "dlt-licence-renewal",
    "name": _NAME,
    "description": {"th": "ต่ออายุใบอนุญาตขับรถส่วนบุคคล", "en": "Renews a personal driving licence."},
    "purpose": {"th": "", "en": ""},
    "conditions": {"th": "ใบเดิมหมดอายุไม่เกินหนึ่งปี", "en": "The old licence expired within the last year."},
    "agency": {**_AGENCY, "ministry": _MINISTRY, "contact": _CONTACT},
    "category": _CATEGORY,
    "life_event": _LIFE_EVENT,
    "audiences": ["citizen"],
    "assurance": {"ial": "2.1", "aal": "1.0"},
    "legal_references": [
        {"name": {"th": "พระราชบัญญัติรถยนต์ พ.ศ. 2522", "en": "Vehicle Act B.E. 2522"}, "section": "44", "url": None}
    ],
    "steps": [{"name": {"th": "ตรวจเอกสาร", "en": "Documents are checked"}, "duration": 2, "unit": "working_days"}],
    "documents": [
        {
            "name": {"th": "ใบรับรองแพทย์", "en": "Medical certificate"},
            "required": True,
            "condition": None,
            "source": "upload",
        }
    ],
    "fee": {"baht": "505.00", "note": {"th": "", "en": ""}},
    "fees": [{"name": {"th": "ใบอนุญาต 5 ปี", "en": "Licence for 5 years"}, "baht": "500.00", "note": None}],
    "decision": {"days": 3, "unit": "working_day"},
    "channels": ["app", "office"],
    "contacts": [{"name": {"th": "ศูนย์บริการ", "en": "Call centre"}, "phone": "1584", "email": None, "url": None}],
    "complaint_channels": [
        {"name": {"th": "ศูนย์ดำรงธรรม", "en": "Damrongdhama Centre"}, "phone": "1567", "email": None, "url": None}
    ],
    "data_class": "official",
    "electronic": {"allowed": True, "reason": {"th": "", "en": ""}},
    "taken": {"opens_at": None, "closes_at": None},
    "places": {"daily": None, "total": None},
    "privacy_url": "https://www.dlt.go.th/privacy",
    "outages": [_OUTAGE],
    "version": 3,
    "form": {"type": "object", "properties": {"licence_number": {"type": "string"}}, "required": ["licence_number"]},
    "example": {"licence_number": "60001234"},
    "claims": ["national_id"],
    "claim_purposes": [
        {
            "claim": "national_id",
            "name": {"th": "เลขประจำตัวประชาชน", "en": "National ID number"},
            "purpose": {"th": "ค้นหาใบอนุญาตเดิม", "en": "To find the old licence"},
        }
    ],
    "published_at": "2026-11-01T09:00:00+07:00",
}

SERVICE_ROW = OpenApiExample("A service of the list", value=_ROW, response_only=True)
SERVICE = OpenApiExample("A service", value={**_TEXT, **_RUNNING}, response_only=True)
SUGGESTION = OpenApiExample(
    "For ใบขับ", value={"code": "dlt-licence-renewal", "name": _NAME, "agency": _AGENCY}, response_only=True
)
AGENCY = OpenApiExample(
    "An agency", value={**_AGENCY, "ministry": _MINISTRY, "contact": _CONTACT, "services": 12}, response_only=True
)
CATEGORY = OpenApiExample("A category", value={**_CATEGORY, "services": 31}, response_only=True)
LIFE_EVENT = OpenApiExample("A life event", value={**_LIFE_EVENT, "services": 9}, response_only=True)
CHANGES = OpenApiExample(
    "What has changed",
    value={
        "version": 1_795_400_000_000_000,
        "complete": False,
        "services": [_TEXT],
        "withdrawn": ["dlt-paper-form"],
    },
    response_only=True,
)
