"""Findings for people, or for machines."""

import json
from collections.abc import Iterable
from typing import Protocol

from superapp.operations.doctor.findings import Finding, Level


class Output(Protocol):
    """What both sys.stdout and a command's own output can do."""

    def write(self, text: str, /) -> object: ...


def print_report(findings: Iterable[Finding], *, as_json: bool, out: Output) -> int:
    """Prints each finding as it comes (JSON: all in the end); 1 when something failed, else 0."""
    seen: list[Finding] = []
    for finding in findings:
        seen.append(finding)
        if not as_json:
            out.write(f"{finding.as_text()}\n")
    well = all(finding.level is not Level.FAILED for finding in seen)
    if as_json:
        content = {"ok": well, "findings": [finding.as_dict() for finding in seen]}
        out.write(json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    return 0 if well else 1
