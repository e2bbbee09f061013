"""What can be made to go wrong, and how it is told on a page."""

from enum import StrEnum

# Longer than the platform waits for a provider.
SLOW_SECONDS = 12.0


class Failure(StrEnum):
    NONE = ""
    DENIED = "denied"
    EXPIRED = "expired"
    WRONG_NONCE = "wrong_nonce"
    WRONG_KEY = "wrong_key"
    ROTATED_KEYS = "rotated_keys"
    NAME_MISMATCH = "name_mismatch"
    INVALID_NUMBER = "invalid_number"
    SLOW = "slow"
    DOWN = "down"
    # Of NDID alone.
    REJECTED = "rejected"
    COMPLICATED = "complicated"
    ERRORED = "errored"
    TIMED_OUT = "timed_out"
    INVALID_SIGNATURE = "invalid_signature"
    INVALID_IAL = "invalid_ial"
    NOT_CREATED = "not_created"
    CALLBACKS_LOST = "callbacks_lost"
    CALLBACKS_TWICE = "callbacks_twice"
    CALLBACKS_OUT_OF_ORDER = "callbacks_out_of_order"

    @property
    def words(self) -> tuple[str, str]:
        """In Thai and English."""
        return _WORDS[self]


OUTAGES = frozenset({Failure.SLOW, Failure.DOWN})
OF_OAUTH = (
    Failure.DENIED,
    Failure.EXPIRED,
    Failure.NAME_MISMATCH,
    Failure.INVALID_NUMBER,
    Failure.SLOW,
    Failure.DOWN,
)
OF_OIDC = (*OF_OAUTH, Failure.WRONG_NONCE, Failure.WRONG_KEY, Failure.ROTATED_KEYS)

_WORDS = {
    Failure.NONE: ("ไม่มี ทุกอย่างปกติ", "None: all goes well"),
    Failure.DENIED: ("ผู้ใช้ไม่อนุญาต", "The person denies it"),
    Failure.EXPIRED: ("คำตอบหมดอายุแล้ว", "The answer has expired"),
    Failure.WRONG_NONCE: ("nonce ไม่ตรงกัน", "Another nonce"),
    Failure.WRONG_KEY: ("ลงลายมือชื่อด้วยกุญแจอื่น", "Signed with an unpublished key"),
    Failure.ROTATED_KEYS: ("เปลี่ยนกุญแจลงลายมือชื่อ", "Signing keys are changed now"),
    Failure.NAME_MISMATCH: ("ชื่อไม่ตรงกับผู้ให้บริการอื่น", "Another name than elsewhere"),
    Failure.INVALID_NUMBER: ("เลขประจำตัวไม่ถูกต้อง", "A number with a wrong check digit"),
    Failure.SLOW: ("ตอบช้า 12 วินาที", "Answers take 12 seconds"),
    Failure.DOWN: ("ระบบล่ม", "Out of service"),
    Failure.REJECTED: ("ผู้ใช้ปฏิเสธในแอปธนาคาร", "The person rejects it"),
    Failure.COMPLICATED: ("สองธนาคารตอบไม่ตรงกัน", "Two banks disagree"),
    Failure.ERRORED: ("ธนาคารแจ้งข้อผิดพลาด", "The bank reports an error"),
    Failure.TIMED_OUT: ("หมดเวลา", "Time runs out"),
    Failure.INVALID_SIGNATURE: ("ลายมือชื่อของธนาคารไม่ถูกต้อง", "The bank's signature is not valid"),
    Failure.INVALID_IAL: ("IAL ของธนาคารไม่ถูกต้อง", "The bank's IAL is not valid"),
    Failure.NOT_CREATED: ("สร้างคำขอไม่สำเร็จ", "The request cannot be created"),
    Failure.CALLBACKS_LOST: ("callback หายทั้งหมด", "All callbacks are lost"),
    Failure.CALLBACKS_TWICE: ("callback มาซ้ำ", "Callbacks come twice"),
    Failure.CALLBACKS_OUT_OF_ORDER: ("callback สลับลำดับ", "Callbacks come out of order"),
}
