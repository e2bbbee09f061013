"""What an examination says."""

from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, how it is, what that means, and what to do about it."""

    check: str
    level: Level
    meaning: str
    advice: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    def as_text(self) -> str:
        advice = f"\n{'':29}→ {self.advice}" if self.advice else ""
        return f"{self.level:<8} {self.check:<19} {self.meaning}{advice}"


def ok(check: str, meaning: str) -> Finding:
    return Finding(check, Level.OK, meaning)


def warning(check: str, meaning: str, advice: str) -> Finding:
    return Finding(check, Level.WARNING, meaning, advice)


def failed(check: str, meaning: str, advice: str) -> Finding:
    return Finding(check, Level.FAILED, meaning, advice)


def reason(error: BaseException) -> str:
    """The error's class and the first line of its text, which names hosts and never passwords."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__
