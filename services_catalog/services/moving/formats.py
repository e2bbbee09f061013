"""The three formats of import and export: CSV and XLSX for spreadsheets, JSON for programs.

Reading is bounded whatever a file claims to be. Cells of CSV and XLSX are text: what is a list or an object in JSON is
JSON in one cell there.
"""

import csv
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import tablib
from django.utils.translation import gettext as _
from import_export.formats import base_formats
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from services_catalog.services.moving.cells import plain_cell, safe_cell

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 1_000
_MAX_COLUMNS = 200
# What an XLSX, which is a zip file, may unpack to.
_MAX_UNPACKED = 50 * 1024 * 1024
_LONGEST_XLSX_CELL = 32_767


class UnreadableFile(ValueError):
    """The file cannot be read as what it should be; the message says why, for people."""


class CSV(base_formats.CSV):  # type: ignore[misc]
    """Comma-separated, UTF-8 with the mark that spreadsheets look for."""

    def is_binary(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        try:
            text = in_stream.decode("utf-8-sig")
            return _dataset(csv.reader(StringIO(text, newline=""), strict=True))
        except UnicodeDecodeError:
            raise UnreadableFile(_("The file is not UTF-8 text. Save it as “CSV UTF-8”.")) from None
        except csv.Error as error:
            raise UnreadableFile(_("The file is not a CSV: %(error)s.") % {"error": error}) from None

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        out = StringIO()
        writer = csv.writer(out)
        writer.writerow(dataset.headers)
        writer.writerows([safe_cell(cell) for cell in row] for row in dataset)
        return out.getvalue().encode("utf-8-sig")


class XLSX(base_formats.XLSX):  # type: ignore[misc]
    """The first sheet of a workbook."""

    def create_dataset(self, in_stream: bytes) -> tablib.Dataset:
        try:
            _refuse_bombs(in_stream)
            book = openpyxl.load_workbook(BytesIO(in_stream), read_only=True, data_only=True)
            # Without bounds a lone cell at the far corner would be read as millions of empty ones before it.
            rows = book.worksheets[0].iter_rows(max_row=MAX_ROWS + 2, max_col=_MAX_COLUMNS, values_only=True)
            return _dataset(rows)
        except UnreadableFile:
            raise
        except Exception:  # noqa: BLE001  (openpyxl fails in its own way for each thing that can be wrong inside)
            raise UnreadableFile(_("The file is not an XLSX workbook.")) from None

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        rows = [[safe_cell(cell) for cell in row] for row in [dataset.headers, *dataset]]
        for row in rows:
            if any(len(cell) > _LONGEST_XLSX_CELL for cell in row):
                raise ValueError(_("%(row)s: too long for a cell of XLSX. Take CSV or JSON.") % {"row": row[0]})
            if any(ILLEGAL_CHARACTERS_RE.search(cell) for cell in row):
                raise ValueError(_("%(row)s: a character that XLSX cannot hold. Take CSV or JSON.") % {"row": row[0]})
        book = openpyxl.Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        out = BytesIO()
        book.save(out)
        return out.getvalue()


class JSON(base_formats.JSON):  # type: ignore[misc]
    """A list of objects that all have the same members."""

    def is_binary(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes, **kwargs: Any) -> tablib.Dataset:
        try:
            rows = json.loads(in_stream)
        except (ValueError, RecursionError):
            raise UnreadableFile(_("The file is not JSON.")) from None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise UnreadableFile(_("The file must be a list of objects."))
        if any(row.keys() != rows[0].keys() for row in rows):
            raise UnreadableFile(_("All objects must have the same members as the first."))
        return _dataset([list(rows[0]) if rows else [], *(list(_in_order(rows[0], row)) for row in rows)])

    def export_data(self, dataset: tablib.Dataset, **kwargs: Any) -> bytes:
        rows = [dict(zip(dataset.headers, row, strict=True)) for row in dataset]
        return json.dumps(rows, ensure_ascii=False, indent=2).encode()


FORMATS: list[Any] = [CSV, XLSX, JSON]


def _in_order(first: dict[str, Any], row: dict[str, Any]) -> Iterator[Any]:
    return (row[name] for name in first)


def _refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        # Python's zipfile never unpacks more of a member than this says.
        if sum(member.file_size for member in archive.infolist()) > _MAX_UNPACKED:
            raise UnreadableFile(_("The workbook is too large."))


def _dataset(rows: Iterable[Sequence[Any]]) -> tablib.Dataset:
    """Headings and rows, blank ones left out. Raises UnreadableFile."""
    given = iter(rows)
    headings = _headings(next(given, []))
    dataset = tablib.Dataset(headers=headings)
    for number, row in enumerate(given, start=1):
        cells = [plain_cell(cell) if isinstance(cell, str) else cell for cell in row]
        if all(cell in (None, "") for cell in cells):
            continue
        if any(cell not in (None, "") for cell in cells[len(headings) :]):
            raise UnreadableFile(_("Row %(row)d has more cells than there are headings.") % {"row": number})
        if dataset.height >= MAX_ROWS:
            text = _("At most %(count)d rows at once: divide the file.")
            raise UnreadableFile(text % {"count": MAX_ROWS})
        dataset.append((cells + [None] * len(headings))[: len(headings)])
    return dataset


def _headings(row: Sequence[Any]) -> list[str]:
    headings = [str(cell or "").strip() for cell in row]
    while headings and not headings[-1]:
        headings.pop()
    if not headings or not all(headings):
        raise UnreadableFile(_("The first row must have the headings, without a gap."))
    if len(set(headings)) < len(headings):
        raise UnreadableFile(_("A heading is there twice."))
    return headings
