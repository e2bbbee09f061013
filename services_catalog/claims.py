"""The identity fields an agency can ask for (architecture, rule 13)."""

from services_catalog.languages import Text

CLAIMS: dict[str, Text] = {
    "national_id": Text("เลขประจำตัวประชาชน", "National ID number"),
    "title_th": Text("คำนำหน้าชื่อ", "Title"),
    "given_name_th": Text("ชื่อ", "Given name"),
    "family_name_th": Text("นามสกุล", "Family name"),
    "name_th": Text("ชื่อและนามสกุล", "Full name"),
    "birthdate": Text("วันเกิด", "Date of birth"),
    "gender": Text("เพศ", "Gender"),
    "address": Text("ที่อยู่ตามบัตรประชาชน", "Address on the ID card"),
}
