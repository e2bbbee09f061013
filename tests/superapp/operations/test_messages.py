"""Thai texts: compiled as written, and none forgotten."""

import ast
import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from superapp.operations.messages import compiled, read_po

ROOT = Path(settings.BASE_DIR)
SOURCES = sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po"))
OURS = ["services_catalog", "citizens", "superapp"]
_TRANSLATE = re.compile(r"""{%\s*translate\s+(["'])(.+?)\1""")
_BLOCK = re.compile(r"{%\s*blocktranslate[^%]*%}(.*?){%\s*endblocktranslate\s*%}", re.DOTALL)


def messages_in_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Name(id="_" | "gettext" | "gettext_lazy"), args=[ast.Constant(value=str() as message), *_]
            ):
                yield message


def messages_in_template(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    yield from (found[2] for found in _TRANSLATE.finditer(text))
    yield from (re.sub(r"{{\s*(\w+)\s*}}", r"%(\1)s", found[1]) for found in _BLOCK.finditer(text))


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_the_compiled_file_is_that_of_its_source(source: Path) -> None:
    """When this fails: .venv/bin/python manage.py messages_compile"""
    assert source.with_suffix(".mo").read_bytes() == compiled(read_po(source))


@pytest.mark.parametrize("source", SOURCES, ids=str)
def test_gettext_reads_what_we_compile(source: Path) -> None:
    with source.with_suffix(".mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    for message, text in read_po(source).items():
        if "\0" in message:
            one, many = message.split("\0")
            assert catalogue.ngettext(one, many, 5) == text
        elif message:
            assert catalogue.gettext(message) == text


def test_every_text_of_ours_is_there_in_thai() -> None:
    known = {message for message, text in read_po(ROOT / "locale/th/LC_MESSAGES/django.po").items() if text}
    used: set[str] = set()
    for folder in OURS:
        for path in (ROOT / folder).rglob("*.py"):
            used.update(messages_in_python(path))
        for path in (ROOT / folder).rglob("*.html"):
            used.update(messages_in_template(path))
    assert len(used) > 100
    assert not sorted(used - known)


def test_what_is_not_understood_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "django.po"
    broken.write_text('msgctxt "menu"\nmsgid "Open"\nmsgstr "เปิด"\n')
    with pytest.raises(ValueError, match="msgctxt is not understood"):
        read_po(broken)
