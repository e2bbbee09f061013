"""What a citizen reads when an answer does not fit the form. Never the validator's own text: it prints values."""

from collections.abc import Mapping
from typing import Any

from services_catalog.languages import Text

_SENTENCES = {
    "required": Text("กรุณากรอกข้อมูลนี้", "Please fill this in."),
    "dependentRequired": Text("กรุณากรอกข้อมูลที่เกี่ยวข้องให้ครบ", "Please fill in everything that belongs together."),
    "additionalProperties": Text("แบบฟอร์มไม่มีช่องนี้", "The form has no such field."),
    "unevaluatedProperties": Text("แบบฟอร์มไม่มีช่องนี้", "The form has no such field."),
    "falseSchema": Text("แบบฟอร์มไม่มีช่องนี้", "The form has no such field."),
    "type": Text("ชนิดข้อมูลไม่ถูกต้อง", "This is not the kind of answer the form expects."),
    "enum": Text("กรุณาเลือกจากรายการที่มี", "Please choose one of the options."),
    "const": Text("กรุณาเลือกจากรายการที่มี", "Please choose one of the options."),
    "pattern": Text("รูปแบบไม่ถูกต้อง", "This does not have the expected form."),
    "minLength": Text("ข้อความสั้นเกินไป (อย่างน้อย {limit} ตัวอักษร)", "Too short: at least {limit} characters."),
    "maxLength": Text("ข้อความยาวเกินไป (ไม่เกิน {limit} ตัวอักษร)", "Too long: at most {limit} characters."),
    "minimum": Text("ต้องไม่น้อยกว่า {limit}", "Must be at least {limit}."),
    "maximum": Text("ต้องไม่เกิน {limit}", "Must be at most {limit}."),
    "exclusiveMinimum": Text("ต้องมากกว่า {limit}", "Must be more than {limit}."),
    "exclusiveMaximum": Text("ต้องน้อยกว่า {limit}", "Must be less than {limit}."),
    "multipleOf": Text("ตัวเลขไม่ตรงตามที่กำหนด", "This number is not one the form accepts."),
    "minItems": Text("ต้องมีอย่างน้อย {limit} รายการ", "At least {limit} entries are needed."),
    "maxItems": Text("มีได้ไม่เกิน {limit} รายการ", "At most {limit} entries are allowed."),
    "uniqueItems": Text("มีรายการซ้ำกัน", "The same entry is there twice."),
}

_FORMATS = {
    "thai-national-id": Text("เลขประจำตัวประชาชนไม่ถูกต้อง", "This is not a valid national ID number."),
    "date": Text("วันที่ไม่ถูกต้อง", "This is not a valid date."),
    "date-time": Text("วันและเวลาไม่ถูกต้อง", "This is not a valid date and time."),
    "email": Text("อีเมลไม่ถูกต้อง", "This is not a valid e-mail address."),
    "uri": Text("ที่อยู่เว็บไม่ถูกต้อง", "This is not a valid web address."),
}

_OTHERWISE = Text("ข้อมูลนี้ไม่ถูกต้อง", "This answer is not valid.")


def sentence_for(keyword: str, details: Mapping[str, Any]) -> Text:
    """The sentence for a failed JSON Schema keyword; `details` are the keyword's own limits, never the value."""
    if keyword == "format":
        return _FORMATS.get(details.get("format", ""), _OTHERWISE)
    sentence = _SENTENCES.get(keyword, _OTHERWISE)
    limit = details.get("limit", "")
    return Text(sentence.th.format(limit=limit), sentence.en.format(limit=limit))
