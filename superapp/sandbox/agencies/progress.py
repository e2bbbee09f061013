"""What an agency reports about a case once it is open, and in which words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    th: str
    en: str

    def as_json(self) -> dict[str, str]:
        return {"th": self.th, "en": self.en}


@dataclass(frozen=True, slots=True)
class Step:
    """`after` is in seconds since the case was opened."""

    status: str
    after: float
    who_acts_next: str
    label: Text
    milestone: Text


STEPS = (
    Step(
        status="in_progress",
        after=0.3,
        who_acts_next="agency",
        label=Text("เจ้าหน้าที่กำลังพิจารณาคำขอ", "An officer is considering the request"),
        milestone=Text("ตรวจสอบเอกสารครบถ้วนแล้ว", "The documents have been checked and are complete"),
    ),
    Step(
        status="completed",
        after=0.7,
        who_acts_next="nobody",
        label=Text("ดำเนินการเสร็จสิ้น", "The request has been completed"),
        milestone=Text("อนุมัติคำขอแล้ว", "The request has been approved"),
    ),
)

CANCELLED = Step(
    status="cancelled",
    after=0,
    who_acts_next="nobody",
    label=Text("ยกเลิกคำขอแล้ว", "The request has been cancelled"),
    milestone=Text("หน่วยงานยกเลิกคำขอตามที่ขอแล้ว", "The agency has cancelled the request as you wished"),
)

STEP_BY_STATUS = {step.status: step for step in (*STEPS, CANCELLED)}
