"""Text for people, always in both languages."""

from dataclasses import dataclass

from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence or name in Thai and in English."""

    th: str
    en: str

    def as_dict(self) -> dict[str, str]:
        return {"th": self.th, "en": self.en}


NO_TEXT = Text("", "")


def for_reader(th: str, en: str) -> str:
    """The text in the language that is active, Thai where nobody has translated it."""
    return en if en and get_language() == "en" else th
