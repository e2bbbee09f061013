"""What can go wrong, as RFC 9457 problems: a stable code, and sentences a citizen understands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services_catalog.languages import Text


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem: its stable `code`, HTTP status and the sentences shown when nothing better is known."""

    code: str
    status: int
    title: Text
    detail: Text


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one field. `pointer` is a JSON pointer (RFC 6901) into the request body, or to a parameter."""

    pointer: str
    code: str
    message: Text


@dataclass(eq=False)
class Problem(Exception):
    """Raised anywhere below the API; the API answers with it and nothing is written."""

    type: ProblemType
    detail: Text | None = None
    errors: Sequence[FieldProblem] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    extensions: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.type.code


def pointer(*path: str | int) -> str:
    """JSON pointer of a path, with `~` and `/` escaped (RFC 6901, section 3)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


NOT_FOUND = ProblemType(
    "not_found",
    404,
    Text("ไม่พบข้อมูล", "Not found"),
    Text("ไม่พบสิ่งที่คุณเรียกดู อาจถูกนำออกแล้วหรือไม่ใช่ของคุณ", "We cannot find this. It may be gone, or it is not yours."),
)
UNKNOWN_SERVICE = ProblemType(
    "unknown_service",
    404,
    Text("ไม่พบบริการนี้", "No such service"),
    Text("บริการนี้ไม่มีอยู่หรือยังไม่เปิดให้ใช้", "This service does not exist or is not open yet."),
)
INVALID_PARAMETER = ProblemType(
    "invalid_parameter",
    400,
    Text("ตัวเลือกการค้นหาไม่ถูกต้อง", "A parameter is not valid"),
    Text("แอปส่งตัวเลือกการค้นหาที่ระบบไม่รู้จัก", "The app sent a parameter with a value that is not known."),
)
INVALID_DATA = ProblemType(
    "invalid_data",
    422,
    Text("ข้อมูลยังไม่ถูกต้อง", "Some answers need attention"),
    Text("กรุณาแก้ไขข้อมูลตามรายการแล้วส่งใหม่", "Please correct the fields listed and send again."),
)
FORM_CHANGED = ProblemType(
    "form_changed",
    409,
    Text("แบบฟอร์มมีการเปลี่ยนแปลง", "The form has changed"),
    Text(
        "หน่วยงานปรับแบบฟอร์มใหม่ กรุณาเปิดแบบฟอร์มล่าสุดแล้วส่งอีกครั้ง",
        "The agency changed this form. Please open the latest one and send again.",
    ),
)
