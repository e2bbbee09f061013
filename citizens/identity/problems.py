"""Why somebody is not let in."""

from services_catalog.languages import Text
from services_catalog.problems import ProblemType

NOT_SIGNED_IN = ProblemType(
    "not_signed_in",
    401,
    Text("กรุณาเข้าสู่ระบบ", "Please sign in"),
    Text("ต้องเข้าสู่ระบบก่อนใช้งานส่วนนี้", "You need to sign in to do this."),
)
TOKEN_NOT_ACCEPTED = ProblemType(
    "token_not_accepted",
    401,
    Text("กรุณาเข้าสู่ระบบใหม่", "Please sign in again"),
    Text("การเข้าสู่ระบบของคุณหมดอายุหรือไม่ถูกต้อง", "Your sign-in has expired or is not valid."),
)
STRONGER_SIGN_IN_NEEDED = ProblemType(
    "insufficient_user_authentication",
    401,
    Text("ต้องยืนยันตัวตนในระดับที่สูงขึ้น", "A stronger sign-in is needed"),
    Text(
        "บริการนี้ต้องใช้การยืนยันตัวตนในระดับที่สูงกว่าที่คุณเข้าสู่ระบบไว้",
        "This service needs a stronger proof of identity than you signed in with.",
    ),
)
FORBIDDEN = ProblemType(
    "forbidden",
    403,
    Text("ไม่มีสิทธิ์", "Not allowed"),
    Text("คุณไม่มีสิทธิ์ทำรายการนี้", "You are not allowed to do this."),
)
UNKNOWN_PROVIDER = ProblemType(
    "unknown_provider",
    404,
    Text("ไม่รู้จักผู้ให้บริการยืนยันตัวตนนี้", "No such identity provider"),
    Text("ผู้ให้บริการยืนยันตัวตนนี้ไม่มีอยู่หรือปิดใช้งาน", "This identity provider does not exist or is switched off."),
)
IDENTITY_PROVIDER_DOWN = ProblemType(
    "identity_provider_down",
    503,
    Text("ระบบยืนยันตัวตนนี้ใช้งานไม่ได้ชั่วคราว", "This digital ID is out of order"),
    Text(
        "ขณะนี้ผู้ให้บริการยืนยันตัวตนนี้ไม่ตอบสนอง กรุณาใช้ผู้ให้บริการอื่นหรือลองใหม่ภายหลัง",
        "This identity provider does not answer at the moment. Please use another one, or try again later.",
    ),
)
UNKNOWN_SESSION = ProblemType(
    "unknown_session",
    404,
    Text("ไม่พบอุปกรณ์นี้", "No such device"),
    Text("อุปกรณ์นี้ออกจากระบบไปแล้ว หรือไม่ใช่ของคุณ", "This device has been signed out, or is not yours."),
)
REDIRECT_NOT_REGISTERED = ProblemType(
    "redirect_not_registered",
    400,
    Text("ที่อยู่ปลายทางไม่ได้ลงทะเบียน", "The return address is not registered"),
    Text("แอปส่งที่อยู่ปลายทางที่ไม่ได้ลงทะเบียนไว้", "The app asked to return to an address that is not registered."),
)
SIGN_IN_NOT_FOUND = ProblemType(
    "sign_in_not_found",
    400,
    Text("ไม่พบการเข้าสู่ระบบนี้", "This sign-in is not known"),
    Text(
        "การเข้าสู่ระบบหมดอายุ ถูกใช้ไปแล้ว หรือเริ่มจากอุปกรณ์อื่น กรุณาเริ่มใหม่",
        "This sign-in has expired, was used already, or began on another device. Please start again.",
    ),
)
GRANT_REFUSED = ProblemType(
    "invalid_grant",
    400,
    Text("แลกรหัสไม่สำเร็จ", "The code or token was refused"),
    Text(
        "รหัสหรือโทเคนหมดอายุหรือถูกใช้ไปแล้ว กรุณาเข้าสู่ระบบใหม่",
        "The code or token has expired or was used already. Please sign in again.",
    ),
)
LAST_IDENTITY = ProblemType(
    "last_identity",
    409,
    Text("ยกเลิกการเชื่อมไม่ได้", "This ID cannot be unlinked"),
    Text(
        "นี่เป็นบัญชีเดียวที่คุณเชื่อมไว้ กรุณาเข้าสู่ระบบด้วยบัญชีอื่นเพื่อเชื่อมก่อน แล้วจึงยกเลิกบัญชีนี้",
        "It is the only one you have linked. Sign in with another one first, then unlink this one.",
    ),
)
RECENT_SIGN_IN_NEEDED = ProblemType(
    "recent_sign_in_needed",
    401,
    Text("กรุณายืนยันตัวตนอีกครั้ง", "Please prove who you are again"),
    Text(
        "เพื่อความปลอดภัย กรุณาเข้าสู่ระบบอีกครั้งก่อนทำรายการนี้",
        "To be safe, please sign in once more before you do this.",
    ),
)
CONSENT_REQUEST_OPEN = ProblemType(
    "consent_request_open",
    409,
    Text("มีคำขอที่รอการยืนยันอยู่แล้ว", "A request is waiting already"),
    Text(
        "มีคำขอยืนยันตัวตนของเลขนี้รออยู่ในแอปธนาคาร กรุณายืนยันหรือปฏิเสธคำขอนั้น หรือรอให้หมดเวลา",
        "A request for this number is waiting in a bank's app. Please answer it there, or wait until its time is over.",
    ),
)
TOO_MANY_CONSENT_REQUESTS = ProblemType(
    "too_many_consent_requests",
    429,
    Text("ขอยืนยันตัวตนบ่อยเกินไป", "Too many requests to confirm"),
    Text(
        "มีการขอยืนยันตัวตนด้วยเลขนี้หรือจากอุปกรณ์นี้บ่อยเกินไป กรุณาลองใหม่ภายหลัง หรือใช้ช่องทางอื่น",
        "There were too many requests for this number or from this device. Try later, or use another digital ID.",
    ),
)
CONSENT_NOT_GIVEN = ProblemType(
    "consent_not_given",
    409,
    Text("ยังไม่ได้รับการยืนยันจากธนาคาร", "Your bank has not confirmed yet"),
    Text("กรุณายืนยันในแอปธนาคารก่อน", "Please agree in your bank's app first."),
)
CONSENT_NEEDED = ProblemType(
    "consent_needed",
    403,
    Text("ต้องได้รับความยินยอมจากคุณก่อน", "Your consent is needed"),
    Text(
        "บริการนี้ขอทราบข้อมูลของคุณ กรุณาเลือกว่าจะยินยอมให้ข้อมูลใดบ้าง",
        "This service asks to know something about you. Please choose what you let it know.",
    ),
)
SERVICE_TOKEN_UNKNOWN = ProblemType(
    "service_token_unknown",
    404,
    Text("ไม่รู้จักโทเคนนี้", "This token is not known"),
    Text("โทเคนนี้ไม่มีอยู่หรือไม่ใช่ของบริการของหน่วยงาน", "There is no such token for a service of this agency."),
)
SERVICE_TOKEN_OVER = ProblemType(
    "service_token_over",
    410,
    Text("โทเคนนี้ใช้ไม่ได้แล้ว", "This token is good no more"),
    Text(
        "โทเคนนี้ถูกใช้ไปแล้ว หมดอายุ หรือถูกยกเลิก กรุณาให้ประชาชนเปิดบริการจากแอปอีกครั้ง",
        "It was redeemed, its time is over, or it was revoked. "
        "Please let the citizen open the service from the app again.",
    ),
)
