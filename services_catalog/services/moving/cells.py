"""Cells that a spreadsheet must not take for a formula (CSV injection)."""

from typing import Any

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value: Any) -> Any:
    """With an apostrophe before what would be run when the file is opened; `plain_cell` takes it off again."""
    is_formula = isinstance(value, str) and value.lstrip("'").startswith(_STARTS_A_FORMULA)
    return f"'{value}" if is_formula else value


def plain_cell(value: str) -> str:
    """What `safe_cell` was given."""
    is_escaped = value.startswith("'") and value.lstrip("'").startswith(_STARTS_A_FORMULA)
    return value[1:] if is_escaped else value
