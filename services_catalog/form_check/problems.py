"""A problem of a form, or of its example."""

from dataclasses import dataclass
from typing import Literal

from services_catalog.languages import Text

Part = Literal["form", "example"]


@dataclass(frozen=True, slots=True)
class FormProblem:
    """`pointer` is a JSON pointer into that part. A warning does not keep a form from being published."""

    part: Part
    pointer: str
    code: str
    message: Text
    is_warning: bool = False
