"""Problems that HTTP itself brings, in sentences a citizen understands."""

from services_catalog.languages import Text
from services_catalog.problems import ProblemType

MALFORMED = ProblemType(
    "malformed_request",
    400,
    Text("อ่านคำขอไม่ได้", "The request cannot be read"),
    Text("แอปส่งข้อมูลที่ระบบอ่านไม่ได้", "The app sent something that cannot be read."),
)
METHOD_NOT_ALLOWED = ProblemType(
    "method_not_allowed",
    405,
    Text("ใช้วิธีเรียกนี้ไม่ได้", "Not possible here"),
    Text("ที่อยู่นี้ไม่รองรับวิธีเรียกที่แอปใช้", "This address does not offer what the app tried."),
)
BODY_TOO_LARGE = ProblemType(
    "body_too_large",
    413,
    Text("ข้อมูลใหญ่เกินไป", "Too much data"),
    Text("ข้อมูลที่ส่งใหญ่เกินกำหนด", "What was sent is larger than allowed."),
)
WRONG_MEDIA_TYPE = ProblemType(
    "unsupported_media_type",
    415,
    Text("ชนิดข้อมูลไม่รองรับ", "Unsupported kind of data"),
    Text("กรุณาส่งข้อมูลเป็น application/json", "Please send application/json."),
)
TOO_MANY_REQUESTS = ProblemType(
    "too_many_requests",
    429,
    Text("เรียกใช้บ่อยเกินไป", "Too many requests"),
    Text("กรุณารอสักครู่แล้วลองใหม่", "Please wait a moment and try again."),
)
OUR_FAULT = ProblemType(
    "internal_error",
    500,
    Text("ระบบขัดข้อง", "Something went wrong on our side"),
    Text(
        "ระบบขัดข้อง เราได้รับแจ้งแล้ว กรุณาลองใหม่ภายหลัง",
        "Something went wrong on our side and we have been told. Please try again later.",
    ),
)
NOT_READY = ProblemType(
    "temporarily_unavailable",
    503,
    Text("ระบบยังไม่พร้อม", "Not available for a moment"),
    Text("ส่วนนี้ยังไม่พร้อมใช้งานชั่วคราว กรุณาลองใหม่", "This part is not available for a moment. Please try again."),
)
