"""Files and functions stay small, and nothing is left half done."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

from superapp.embedded.locations import PROJECT_ROOT

PACKAGES = ("superapp", "citizens", "services_catalog")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|TBD)\b|NotImplemented\b|lorem ipsum", re.IGNORECASE)


def product_code() -> list[Path]:
    files = [path for package in PACKAGES for path in (PROJECT_ROOT / package).rglob("*.py")]
    return [path for path in files if "migrations" not in path.parts and path.stat().st_size]


def lines_of_functions() -> Iterator[int]:
    for path in product_code():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield (node.end_lineno or node.lineno) - node.lineno + 1


def nine_in_ten_are_at_most(sizes: list[int]) -> int:
    return sorted(sizes)[int(len(sizes) * 0.9)]


def commands() -> list[tuple[str, str]]:
    return sorted((app, name) for name, app in get_commands().items() if app.split(".")[0] in PACKAGES)


def test_nine_in_ten_files_have_at_most_200_lines() -> None:
    assert nine_in_ten_are_at_most([len(path.read_text("utf-8").splitlines()) for path in product_code()]) <= 200


def test_nine_in_ten_functions_have_at_most_35_lines() -> None:
    assert nine_in_ten_are_at_most(list(lines_of_functions())) <= 35


def test_nothing_is_marked_as_unfinished() -> None:
    found = [
        f"{path.relative_to(PROJECT_ROOT)}:{number}: {line.strip()}"
        for path in product_code()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if UNFINISHED.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(("app", "name"), commands())
def test_every_command_says_what_it_does(app: str, name: str) -> None:
    command = load_command_class(app, name)

    assert len(command.help) > 20
    assert command.help.endswith(".")
