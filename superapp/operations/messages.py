"""Compiles gettext's .po files without gettext's programs, which few machines have."""

import ast
import struct
from pathlib import Path

_MAGIC = 0x950412DE
_KEYWORDS = ("msgid_plural", "msgid", "msgstr[0]", "msgstr")


def read_po(path: Path) -> dict[str, str]:
    """Message → translation. A plural's key is both its forms with a NUL between them, as in the compiled file.

    Understands what our files use: comments, several lines, one plural form. Raises ValueError at anything else.
    """
    messages: dict[str, str] = {}
    entry: dict[str, str] = {}
    keyword = ""
    for number, line in enumerate([*path.read_text(encoding="utf-8").splitlines(), ""], start=1):
        if not line.strip():
            _finish(entry, messages, f"{path}:{number}")
            entry = {}
        elif not line.startswith("#"):
            if not line.startswith('"'):
                keyword, _, line = line.partition(" ")
            if keyword not in _KEYWORDS:
                raise ValueError(f"{path}:{number}: {keyword} is not understood")
            entry[keyword] = entry.get(keyword, "") + ast.literal_eval(line)
    return messages


def _finish(entry: dict[str, str], messages: dict[str, str], where: str) -> None:
    if not entry:
        return
    key = entry["msgid"] + ("\0" + entry["msgid_plural"] if "msgid_plural" in entry else "")
    if key in messages:
        raise ValueError(f"{where}: {key!r} is there twice")
    messages[key] = entry.get("msgstr") or entry.get("msgstr[0]", "")


def compiled(messages: dict[str, str]) -> bytes:
    """The bytes of the .mo file; messages without a translation are left out, so that English shows."""
    pairs = sorted((key.encode(), text.encode()) for key, text in messages.items() if text)
    ids, texts = b"", b""
    id_table, text_table = [], []
    start = 28 + 16 * len(pairs)
    ids_length = sum(len(key) + 1 for key, _ in pairs)
    for key, text in pairs:
        id_table += [len(key), start + len(ids)]
        text_table += [len(text), start + ids_length + len(texts)]
        ids += key + b"\0"
        texts += text + b"\0"
    header = struct.pack("<7I", _MAGIC, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return header + struct.pack(f"<{4 * len(pairs)}I", *id_table, *text_table) + ids + texts
