"""Text for people, always in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or name in Thai and in English."""

    th: str
    en: str

    def as_dict(self) -> dict[str, str]:
        return {"th": self.th, "en": self.en}


NO_TEXT = Text("", "")
