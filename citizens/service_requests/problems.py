"""Why a service request can be refused."""

from services_catalog.languages import Text
from services_catalog.problems import ProblemType

MISSING_IDEMPOTENCY_KEY = ProblemType(
    "idempotency_key_missing",
    400,
    Text("คำขอไม่มีรหัสกันส่งซ้ำ", "The call has no idempotency key"),
    Text(
        "แอปต้องส่งส่วนหัว Idempotency-Key มาด้วย (1–128 ตัวอักษร)",
        "The app must send an Idempotency-Key header (1 to 128 visible characters).",
    ),
)
IDEMPOTENCY_KEY_REUSED = ProblemType(
    "idempotency_key_reused",
    422,
    Text("รหัสกันส่งซ้ำถูกใช้กับคำขออื่นแล้ว", "This idempotency key belongs to another request"),
    Text(
        "คำขอนี้ต่างจากคำขอที่ส่งไปก่อนด้วยรหัสเดียวกัน",
        "This request differs from the one sent before with the same key.",
    ),
)
SUBMISSION_IN_PROGRESS = ProblemType(
    "submission_in_progress",
    409,
    Text("กำลังรับคำขอนี้อยู่", "This request is being received"),
    Text(
        "คำขอเดียวกันกำลังถูกบันทึก กรุณารอสักครู่แล้วลองใหม่",
        "The same request is being recorded right now. Please try again in a moment.",
    ),
)
CANNOT_CANCEL = ProblemType(
    "cannot_cancel",
    409,
    Text("ยกเลิกคำขอนี้ไม่ได้", "This request cannot be cancelled"),
    Text(
        "คำขออาจถึงหน่วยงานแล้ว กรุณาติดต่อหน่วยงานโดยตรง",
        "The request may already be with the agency. Please contact the agency.",
    ),
)
ALREADY_FINAL = ProblemType(
    "already_final",
    409,
    Text("คำขอนี้สิ้นสุดแล้ว", "This request has ended"),
    Text("คำขอนี้สิ้นสุดแล้ว จึงเปลี่ยนแปลงไม่ได้อีก", "This request has ended and cannot change any more."),
)
