"""What the citizen reads while they wait, and when it has ended."""

from citizens.identity.consent_requests.rows import State
from citizens.models import ConsentRequest
from services_catalog.languages import Text

_NEXT: dict[str, Text] = {
    State.WAITING: Text(
        "เปิดแอปธนาคารที่คุณเลือก ตรวจว่าเลขอ้างอิงตรงกัน แล้วกดยืนยัน จากนั้นกลับมาที่แอปนี้",
        "Open the app of the bank you chose, check that the reference is the same, agree, and come back to this app.",
    ),
    State.ACCEPTED: Text("ธนาคารยืนยันแล้ว แอปกำลังพาคุณเข้าสู่ระบบ", "Your bank has confirmed. The app is signing you in."),
    State.FINISHED: Text("เข้าสู่ระบบแล้ว", "You are signed in."),
    State.REJECTED: Text(
        "คำขอถูกปฏิเสธในแอปธนาคาร หากไม่ได้ตั้งใจ กรุณาเริ่มใหม่",
        "The request was refused in the bank's app. If that was not meant, please start again.",
    ),
    State.TIMED_OUT: Text(
        "หมดเวลา ไม่มีการยืนยัน กรุณาเริ่มใหม่ และตรวจว่าเลือกธนาคารที่คุณเคยลงทะเบียน NDID ไว้",
        "Nobody confirmed in time. Please start again, with a bank where you have registered for NDID.",
    ),
    State.CANCELLED: Text("คุณยกเลิกคำขอนี้แล้ว", "You have cancelled this request."),
    State.FAILED: Text(
        "ยืนยันตัวตนผ่าน NDID ไม่สำเร็จ กรุณาลองใหม่ภายหลัง หรือใช้ช่องทางยืนยันตัวตนอื่น",
        "The confirmation by NDID did not work. Please try again later, or use another digital ID.",
    ),
}
_BANK_COULD_NOT = Text(
    "ธนาคารที่เลือกไม่สามารถยืนยันตัวตนได้ กรุณาติดต่อธนาคาร หรือเลือกธนาคารอื่น",
    "The bank you chose could not confirm who you are. Please ask your bank, or choose another one.",
)
_LEVEL_TOO_LOW = Text(
    "ระดับการยืนยันตัวตนของธนาคารที่เลือกยังไม่เพียงพอ กรุณาใช้ธนาคารอื่น หรือยืนยันตัวตนกับธนาคารอีกครั้งที่สาขา",
    "The bank you chose does not confirm strongly enough. Please use another bank, or be identified anew at a branch.",
)
_NOT_FINISHED = Text(
    "ธนาคารยืนยันแล้ว แต่แอปไม่ได้เข้าสู่ระบบภายในเวลาที่กำหนด กรุณาเริ่มใหม่",
    "Your bank confirmed, but the app did not sign in in time. Please start again.",
)
_ASK_AGAIN_AFTER = 3
_ACTORS = {State.CREATING: "citizen", State.WAITING: "citizen", State.ACCEPTED: "phone"}


def shown_state(request: ConsentRequest) -> str:
    """Whether the node has it already is nobody's concern: a request about an unknown number looks the same."""
    return State.WAITING if request.state == State.CREATING else State(request.state)


def next_actor(request: ConsentRequest) -> str:
    return _ACTORS.get(State(request.state), "nobody")


def next_step(request: ConsentRequest) -> Text:
    code = request.failure_code
    if code.startswith("bank_error"):
        return _BANK_COULD_NOT
    if code == "level_too_low":
        return _LEVEL_TOO_LOW
    if code == "not_finished":
        return _NOT_FINISHED
    return _NEXT[shown_state(request)]


def ask_again_after(request: ConsentRequest) -> int:
    """Seconds."""
    return _ASK_AGAIN_AFTER if request.state in ConsentRequest.OPEN_STATES else 0
