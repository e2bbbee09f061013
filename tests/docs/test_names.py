"""What the documents name is there: make targets, commands, files."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from superapp.embedded.locations import PROJECT_ROOT

_PAGES = sorted(
    [*PROJECT_ROOT.glob("*.md"), *(PROJECT_ROOT / "docs").rglob("*.md"), *(PROJECT_ROOT / "benchmarks").glob("*.md")]
)
# As Markdown has them, and as the demo draws them.
_TABLE = ("|", "┃", "│")
# Fenced blocks, indented blocks and spans.
_CODE = re.compile(r"^```.*?^```$|^ {4}[^\n]*$|`[^`\n]+`", re.DOTALL | re.MULTILINE)


def _code_of(page: Path) -> str:
    return "\n".join(_CODE.findall(page.read_text(encoding="utf-8")))


def _id(page: Path) -> str:
    return str(page.relative_to(PROJECT_ROOT))


@pytest.mark.parametrize("page", _PAGES, ids=_id)
def test_make_targets_and_commands_exist(page: Path) -> None:
    code = _code_of(page)
    makefile = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+)(?= .*:|:)", makefile, re.MULTILINE)) | {"demo", "run"}
    assert set(re.findall(r"\bmake ([a-z][a-z-]*)", code)) - targets == set()
    assert set(re.findall(r"\bmanage\.py ([a-z_]+)", code)) - get_commands().keys() == set()


@pytest.mark.parametrize("page", _PAGES, ids=_id)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)", text):
        linked = (page.parent / target).resolve() if target else page
        assert linked.exists(), target
        if anchor:
            assert anchor in _anchors(linked), f"{target}#{anchor}"


def _anchors(page: Path) -> set[str]:
    """As repository sites make them of headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


@pytest.mark.parametrize("page", _PAGES, ids=_id)
def test_files_named_in_the_text_exist(page: Path) -> None:
    named = re.findall(r"\b((?:superapp|citizens|services_catalog|tests|benchmarks)/[\w./-]*\w\.(?:py|md|tsv|yaml))\b",
                       page.read_text(encoding="utf-8"))  # fmt: skip
    assert [one for one in named if not (PROJECT_ROOT / one).exists()] == []


@pytest.mark.parametrize("page", _PAGES, ids=_id)
def test_lines_outside_tables_have_120_characters_at_the_most(page: Path) -> None:
    lines = enumerate(page.read_text(encoding="utf-8").splitlines(), start=1)
    assert [number for number, line in lines if len(line) > 120 and not line.lstrip().startswith(_TABLE)] == []


def test_the_first_test_command_of_the_readme_is_make_test() -> None:
    fences = re.findall(
        r"^```sh\n(.*?)^```$", (PROJECT_ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert [one.strip() for one in fences][:2] == ["make demo", "make test"]
