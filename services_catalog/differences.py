"""What changed between two contents of a service, as a reviewer reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from services_catalog.readable import form_fields, label_of, lines_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that was added (no `before`), removed (no `after`) or changed in the field called `label`."""

    field: str
    label: str
    before: str
    after: str

    @property
    def kind(self) -> str:
        if not self.before:
            return "added"
        return "changed" if self.after else "removed"


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Between two snapshots (services_catalog.snapshots); fields that only one of them has count as empty there.

    Whoever reads them chooses the language of the labels; texts come in both.
    """
    names = [*after, *(name for name in before if name not in after)]
    return [
        Difference(name, label_of(name), old, new)
        for name in names
        for old, new in _changes(name, before.get(name), after.get(name))
    ]


def _changes(name: str, before: Any, after: Any) -> Iterator[tuple[str, str]]:
    if before == after:
        return
    if name == "form":
        yield from _by_path(form_fields(before), form_fields(after))
    else:
        yield from _by_line(lines_of(name, before), lines_of(name, after))


def _by_path(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Fields of a form keep their identity by their path."""
    for path in [*after, *(path for path in before if path not in after)]:
        old, new = (_at(path, fields.get(path)) for fields in (before, after))
        if old != new:
            yield old, new


def _at(path: str, told: str | None) -> str:
    if told is None:
        return ""
    return f"{path}: {told}" if path else told


def _by_line(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    for what, start, end, new_start, new_end in SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if what != "equal":
            old, new = before[start:end], after[new_start:new_end]
            for position in range(max(len(old), len(new))):
                yield "".join(old[position : position + 1]), "".join(new[position : position + 1])
