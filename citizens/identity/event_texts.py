"""What happened to an identity, in a sentence that the citizen reads."""

from citizens.models import IdentityEvent
from services_catalog.languages import NO_TEXT, Text

_Kind = IdentityEvent.Kind

# Over whatever of this is told in the inbox.
INBOX_TITLE = Text("บัญชีและการเข้าสู่ระบบของคุณ", "Your account and sign-ins")

_SENTENCES: dict[_Kind, Text] = {
    _Kind.SIGNED_IN: Text("เข้าสู่ระบบด้วย {provider}", "You signed in with {provider}."),
    _Kind.SIGNED_OUT: Text("ออกจากระบบ", "You signed out."),
    _Kind.SESSION_REVOKED: Text("อุปกรณ์หนึ่งถูกสั่งให้ออกจากระบบ", "A device was signed out."),
    _Kind.TOKEN_REUSED: Text(
        "มีการใช้กุญแจเข้าสู่ระบบที่ใช้ไปแล้วซ้ำ อาจมีผู้คัดลอกไป เราจึงให้อุปกรณ์นั้นออกจากระบบ หากไม่ใช่คุณ "
        "กรุณาตรวจสอบรายการอุปกรณ์แล้วเข้าสู่ระบบใหม่",
        "A sign-in key that had been used came again. Somebody may have copied it, so we signed that device out. "
        "Please look through your devices, then sign in again.",
    ),
    _Kind.LINKED: Text("เชื่อม {provider} กับบัญชีของคุณแล้ว", "{provider} was linked to your account."),
    _Kind.UNLINKED: Text("ยกเลิกการเชื่อม {provider} กับบัญชีของคุณแล้ว", "{provider} was unlinked from your account."),
    _Kind.HELD: Text(
        "ข้อมูลจาก {provider} ไม่ตรงกับที่เรามีอยู่ เจ้าหน้าที่จะตรวจสอบ ระหว่างนี้คุณยังเข้าสู่ระบบด้วยวิธีเดิมได้ "
        "หากข้อมูลของคุณเปลี่ยน กรุณาแก้ไขที่ผู้ให้บริการนั้นหรือที่สำนักทะเบียน",
        "What {provider} says differs from what we have, and an officer will check it. You can sign in as before. "
        "If your details have changed, please have them corrected there or at a registration office.",
    ),
    _Kind.HELD_ACCEPTED: Text(
        "เจ้าหน้าที่ตรวจสอบแล้ว และเชื่อม {provider} กับบัญชีของคุณ",
        "An officer has checked {provider} and linked it to your account.",
    ),
    _Kind.HELD_REFUSED: Text(
        "เจ้าหน้าที่ตรวจสอบแล้ว และไม่เชื่อม {provider} กับบัญชีของคุณ กรุณาติดต่อสำนักทะเบียน",
        "An officer has checked {provider} and did not link it to your account. Please ask at a registration office.",
    ),
    _Kind.CONSENT_GIVEN: Text("คุณยินยอมให้ข้อมูลแก่ “{service}”", "You let “{service}” know about you."),
    _Kind.CONSENT_REVOKED: Text("คุณถอนความยินยอมที่ให้แก่ “{service}”", "You took back what you had let “{service}” know."),
    _Kind.TOKEN_REDEEMED: Text("“{service}” ได้รับข้อมูลของคุณตามที่ยินยอม", "“{service}” learned what you had consented to."),
    _Kind.NUMBER_SEEN: Text("เจ้าหน้าที่เปิดดูเลขประจำตัวประชาชนของคุณ", "An officer looked at your ID number."),
}


def event_text(kind: str, provider: Text, service: Text = NO_TEXT) -> Text:
    """`provider` and `service` are their names, of those kinds that tell of them."""
    sentence = _SENTENCES[_Kind(kind)]
    return Text(
        sentence.th.format(provider=provider.th, service=service.th),
        sentence.en.format(provider=provider.en, service=service.en),
    )
