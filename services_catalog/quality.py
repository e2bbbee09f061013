"""How complete a service is, from 0 to 100, and what is missing. Asked at publication, shown to editors all the time.

What is essential is refused whatever the score; the rest only counts. Weights add up to 100.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings

from services_catalog.chosen_adapter import adapter_of
from services_catalog.languages import Text
from services_catalog.links import urls_of
from services_catalog.manual import LISTS, Kind, is_text, manual_problems, rows_in
from services_catalog.models import LinkCheck, ServiceDraft
from services_catalog.schemas import InvalidForm, check_form
from services_catalog.snapshots import content_of

# Why an address did not answer.
Dead = dict[str, str]
_PAIRS = ("purpose", "conditions", "fee_note", "not_electronic_reason")


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is not as it should be. `code` is stable."""

    code: str
    points: int
    text: Text
    essential: bool = False


@dataclass(frozen=True, slots=True)
class Quality:
    missing: Sequence[Missing] = field(default_factory=tuple)

    @property
    def score(self) -> int:
        return max(0, 100 - sum(one.points for one in self.missing))

    @property
    def is_enough(self) -> bool:
        return self.score >= settings.QUALITY_THRESHOLD and not any(one.essential for one in self.missing)


def quality_of(draft: ServiceDraft, *, besides: Iterable[Missing] = ()) -> Quality:
    """Reads the draft, its service's agency, and the link checks. `besides`: what was found by asking elsewhere."""
    dead = dead_links(urls_of(draft))
    found = [_missing(code, points, essential, look(draft, dead)) for code, points, essential, look in _LOOKS]
    return Quality([*(one for one in found if one is not None), *besides])


def dead_links(urls: Iterable[str]) -> dict[str, str]:
    """Why the addresses among these that did not answer the last time did not."""
    checks = LinkCheck.objects.filter(url__in=set(urls)).exclude(failure="")
    return dict(checks.values_list("url", "failure"))


def no_answer(failure_code: str) -> Missing:
    """The agency's system did not answer when its adapter asked."""
    return Missing(
        "check_config",
        10,
        Text(
            f"ระบบของหน่วยงานไม่ตอบรับการทดสอบ ({failure_code})",
            f"The agency's system did not answer the test call ({failure_code}).",
        ),
        essential=True,
    )


def no_secret() -> Missing:
    """Without it nothing can be sent."""
    text = Text(
        "หน่วยงานยังไม่มีรหัสลับสำหรับรับคำขอ กรุณาให้ผู้ดูแลออกคีย์",
        "The agency has no secret yet that we show it: have its keys issued.",
    )
    return Missing("credential", 0, text, essential=True)


def review_missing(reviewed_at: datetime | None, now: datetime) -> list[Missing]:
    """Nothing where somebody reviewed it within settings.REVIEW_EVERY."""
    if reviewed_at is not None and reviewed_at + settings.REVIEW_EVERY > now:
        return []
    days = settings.REVIEW_EVERY.days
    text = Text(f"ต้องตรวจทานทุก {days} วัน กรุณาส่งตรวจอีกครั้ง", f"It must be reviewed every {days} days: submit it again.")
    return [Missing("review", 0, text, essential=True)]


def _missing(code: str, points: int, essential: bool, text: Text | None) -> Missing | None:
    return Missing(code, points, text, essential) if text else None


def _names(draft: ServiceDraft, dead: Dead) -> Text | None:
    if draft.name_th.strip() and draft.name_en.strip():
        return None
    return Text("ชื่อบริการต้องมีทั้งภาษาไทยและอังกฤษ", "The name is needed in Thai and in English.")


def _descriptions(draft: ServiceDraft, dead: Dead) -> Text | None:
    if draft.description_th.strip() and draft.description_en.strip():
        return None
    return Text("คำอธิบายต้องมีทั้งภาษาไทยและอังกฤษ", "The description is needed in Thai and in English.")


def _other_texts(draft: ServiceDraft, dead: Dead) -> Text | None:
    halves = [(getattr(draft, f"{name}_th"), getattr(draft, f"{name}_en")) for name in _PAIRS]
    for name, columns in LISTS.items():
        texts = [column.name for column in columns if column.kind is Kind.TEXT]
        for row in rows_in(getattr(draft, name)):
            halves += [(row[one].get("th"), row[one].get("en")) for one in texts if is_text(row.get(one))]
    if all(bool(th) == bool(en) for th, en in halves):
        return None
    return Text("ข้อความบางส่วนมีเพียงภาษาเดียว", "Some texts are there in one language only.")


def _manual(draft: ServiceDraft, dead: Dead) -> Text | None:
    problems = manual_problems(content_of(draft))
    if not problems:
        return None
    first = problems[0]
    return Text(f"{first.pointer}: {first.message.th}", f"{first.pointer}: {first.message.en}")


def _privacy(draft: ServiceDraft, dead: Dead) -> Text | None:
    url = draft.privacy_url
    if not url:
        return Text("ไม่มีที่อยู่เว็บของประกาศความเป็นส่วนตัว", "There is no address of a privacy notice.")
    if url in dead:
        return Text(f"ประกาศความเป็นส่วนตัวเปิดไม่ได้ ({dead[url]})", f"The privacy notice does not open ({dead[url]}).")
    return None


def _contact(draft: ServiceDraft, dead: Dead) -> Text | None:
    agency = draft.service.agency
    of_agency = {"phone": agency.contact_phone, "email": agency.contact_email, "url": agency.contact_url}
    for contact in (*rows_in(draft.contacts), of_agency):
        if contact.get("phone") or contact.get("email") or (contact.get("url") and contact["url"] not in dead):
            return None
    return Text(
        "ไม่มีช่องทางติดต่อที่ใช้ได้ของบริการหรือหน่วยงาน", "Neither the service nor its agency has a contact that answers."
    )


def _documents(draft: ServiceDraft, dead: Dead) -> Text | None:
    return None if draft.documents else Text("ไม่มีรายการเอกสาร", "No documents are listed.")


def _decision(draft: ServiceDraft, dead: Dead) -> Text | None:
    return None if draft.decision_days else Text("ไม่มีระยะเวลาพิจารณา", "The days to decide are not given.")


def _purposes(draft: ServiceDraft, dead: Dead) -> Text | None:
    purposes = draft.claim_purposes.values()
    if all(is_text(purpose) and purpose.get("th") and purpose.get("en") for purpose in purposes):
        return None
    return Text(
        "ข้อมูลยืนยันตัวตนแต่ละรายการต้องบอกวัตถุประสงค์ทั้งสองภาษา",
        "Each identity claim needs its purpose in both languages.",
    )


def _not_electronic(draft: ServiceDraft, dead: Dead) -> Text | None:
    if draft.electronic_allowed or (draft.not_electronic_reason_th and draft.not_electronic_reason_en):
        return None
    return Text(
        "ต้องบอกเหตุผลที่ทำทางอิเล็กทรอนิกส์ไม่ได้ทั้งสองภาษา",
        "Why it may not be done electronically is needed in both languages.",
    )


def _form(draft: ServiceDraft, dead: Dead) -> Text | None:
    if not draft.form:
        return Text("ยังไม่มีแบบฟอร์ม", "There is no form yet.")
    try:
        check_form(draft.form, draft.example)
    except InvalidForm as error:
        return Text(f"แบบฟอร์มหรือตัวอย่างใช้ไม่ได้: {error}", f"The form or its example cannot be used: {error}")
    return None


def _options(draft: ServiceDraft, dead: Dead) -> Text | None:
    adapter = adapter_of(draft)
    return adapter if isinstance(adapter, Text) else None


_LOOKS: tuple[tuple[str, int, bool, Callable[[ServiceDraft, Dead], Text | None]], ...] = (
    ("names", 10, False, _names),
    ("descriptions", 10, False, _descriptions),
    ("other_texts", 5, False, _other_texts),
    ("manual", 5, True, _manual),
    ("privacy_url", 10, False, _privacy),
    ("contact", 10, False, _contact),
    ("documents", 10, False, _documents),
    ("decision_days", 10, False, _decision),
    ("claim_purposes", 5, False, _purposes),
    ("not_electronic_reason", 5, False, _not_electronic),
    ("form", 10, True, _form),
    ("adapter", 10, True, _options),
)
