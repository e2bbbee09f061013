"""Why a service request can be refused."""

from collections.abc import Iterable

from services_catalog.languages import Text
from services_catalog.problems import FieldProblem, ProblemType

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
ALREADY_SENT = ProblemType(
    "already_sent",
    409,
    Text("คุณเพิ่งส่งคำขอนี้ไปแล้ว", "You have just sent this"),
    Text(
        "คุณส่งคำขอที่เหมือนกันทุกอย่างไปเมื่อไม่กี่นาทีที่แล้ว หากต้องการส่งอีกครั้ง กรุณายืนยัน",
        "You sent exactly this some minutes ago. If you want to send it once more, please confirm.",
    ),
)
SERVICE_CLOSED = ProblemType(
    "service_closed",
    409,
    Text("ขณะนี้ปิดรับคำขอ", "No requests are taken now"),
    Text(
        "ขณะนี้บริการนี้ปิดรับคำขอ กรุณาลองใหม่ภายหลัง",
        "This service takes no requests at the moment. Please try again later.",
    ),
)
CANNOT_CANCEL = ProblemType(
    "cannot_cancel",
    409,
    Text("ยกเลิกคำขอนี้ไม่ได้", "This request cannot be cancelled"),
    Text(
        "คำขออาจถึงหน่วยงานแล้ว และหน่วยงานไม่รับการยกเลิกทางนี้ กรุณาติดต่อหน่วยงานโดยตรง",
        "The agency may have the request already, and takes no cancellations this way. Please contact the agency.",
    ),
)
NOTHING_TO_CANCEL = ProblemType(
    "nothing_to_cancel",
    409,
    Text("ไม่มีอะไรให้ยกเลิก", "There is nothing to cancel"),
    Text("คำขอนี้ส่งไม่ถึงหน่วยงาน จึงไม่ต้องยกเลิก", "The agency never got this request, so there is nothing to cancel."),
)
STILL_SENDING = ProblemType(
    "still_sending",
    409,
    Text("กำลังส่งเรื่องก่อนหน้า", "Something is still on its way"),
    Text(
        "สิ่งที่คุณส่งไปก่อนหน้ากำลังส่งถึงหน่วยงาน กรุณาลองใหม่ภายหลัง",
        "What you sent before is still on its way to the agency. Please try again later.",
    ),
)
NOTHING_ASKED = ProblemType(
    "nothing_asked",
    409,
    Text("หน่วยงานไม่ได้รอคำตอบ", "The agency waits for no answer"),
    Text(
        "ขณะนี้หน่วยงานไม่ได้ขอข้อมูลจากคุณสำหรับคำขอนี้",
        "The agency is not asking you for anything on this request at the moment.",
    ),
)
ANSWER_TOO_LATE = ProblemType(
    "answer_too_late",
    409,
    Text("เลยกำหนดตอบแล้ว", "The time to answer is over"),
    Text(
        "เลยกำหนดที่หน่วยงานให้ตอบแล้ว กรุณาติดต่อหน่วยงานโดยตรง",
        "The agency wanted the answer earlier. Please contact the agency.",
    ),
)
CANNOT_ANSWER_HERE = ProblemType(
    "cannot_answer_here",
    409,
    Text("ตอบทางแอปนี้ไม่ได้", "You cannot answer in the app"),
    Text(
        "หน่วยงานยังไม่รับคำตอบทางแอป กรุณาติดต่อหน่วยงานโดยตรง",
        "The agency does not take answers through the app yet. Please contact the agency.",
    ),
)
ALREADY_FINAL = ProblemType(
    "already_final",
    409,
    Text("คำขอนี้สิ้นสุดแล้ว", "This request has ended"),
    Text("คำขอนี้สิ้นสุดแล้ว จึงเปลี่ยนแปลงไม่ได้อีก", "This request has ended and cannot change any more."),
)
TOO_MANY_DRAFTS = ProblemType(
    "too_many_drafts",
    409,
    Text("มีแบบร่างเต็มแล้ว", "There are too many drafts"),
    Text(
        "คุณมีแบบร่างเต็มจำนวนแล้ว กรุณาส่งหรือลบแบบร่างที่ไม่ใช้ก่อน",
        "You have as many drafts as there can be. Please send or delete one that you no longer need.",
    ),
)


def in_data(found: Iterable[FieldProblem]) -> list[FieldProblem]:
    """Problems of answers, with pointers into the body that they came in as `data`."""
    return [FieldProblem(f"/data{one.pointer}", one.code, one.message) for one in found]
