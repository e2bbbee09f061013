"""The national list of services (services.csv) as agencies and draft services.

Columns read: service_id, ministry_th, agency_id, agency_th, service_name_th, status_id. Names in the list carry
zero-width and non-breaking spaces; they are tidied. What staff write into a service is never overwritten: only what
the list itself says.
"""

import csv
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from services_catalog.models import Agency, Service
from services_catalog.models.agencies import code_validator
from services_catalog.search import index_fields

_COLUMNS = {"service_id", "ministry_th", "agency_id", "agency_th", "service_name_th", "status_id"}
_INVISIBLE = re.compile("[\x00\u200b-\u200d\u2060\ufeff]")
_CODES = {"service_id": 64, "agency_id": 40}
_BATCH = 500

Row = dict[str, str]


class NotTheList(Exception):
    """The file is not a UTF-8 CSV with the columns of the list."""


@dataclass(slots=True)
class ImportSummary:
    """What an import did, or would do: service codes by outcome, and why rows were refused (line number, reason)."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    agencies_created: int = 0


def read_services_csv(path: Path) -> list[Row]:
    """The rows of the file. Raises NotTheList or OSError."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := _COLUMNS - set(reader.fieldnames or ()):
                raise NotTheList(f"{path}: the columns {', '.join(sorted(missing))} are missing.")
            return list(reader)
    except UnicodeDecodeError:
        raise NotTheList(f"{path}: not UTF-8 text.") from None
    except csv.Error as error:
        raise NotTheList(f"{path}: not a CSV: {error}.") from None


def services_import(
    rows: list[Row], *, dry_run: bool = False, on_progress: Callable[[int], None] = lambda done: None
) -> ImportSummary:
    """Brings the rows in, all or nothing; running it again changes nothing. `on_progress` hears rows done so far."""
    summary = ImportSummary()
    with transaction.atomic():
        agencies = {agency.code: agency for agency in Agency.objects.all()}
        services = Service.objects.in_bulk(field_name="code")
        seen: set[str] = set()
        to_create: list[Service] = []
        to_update: list[Service] = []
        for number, row in enumerate(rows):
            if reason := _reason_to_refuse(row, seen):
                summary.refused.append((number + 2, reason))
            else:
                agency = _agency(row, agencies, summary)
                _sort_in(row, agency, services, to_create, to_update, summary)
            if number % _BATCH == 0:
                on_progress(number)
        Service.objects.bulk_create(to_create, batch_size=_BATCH)
        Service.objects.bulk_update(
            to_update,
            ["agency", "name_th", "source_status", "search_text", "search_words", "updated_at"],
            batch_size=_BATCH,
        )
        on_progress(len(rows))
        transaction.set_rollback(dry_run)
    return summary


def tidy(text: str | None) -> str:
    """The text without invisible characters, NFC, with single plain spaces."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text or "")).split())


def _reason_to_refuse(row: Row, seen: set[str]) -> str:
    code = tidy(row["service_id"])
    if not code:
        return "no service_id"
    for column, longest in _CODES.items():
        try:
            code_validator(tidy(row[column]))
        except ValidationError:
            return f"{column} is not a code"
        if len(tidy(row[column])) > longest:
            return f"{column} is longer than {longest} characters"
    if not tidy(row["service_name_th"]):
        return f"{code}: no service_name_th"
    if code in seen:
        return f"{code}: service_id appears twice"
    seen.add(code)
    return ""


def _agency(row: Row, agencies: dict[str, Agency], summary: ImportSummary) -> Agency:
    code, name, ministry = (tidy(row[column]) for column in ("agency_id", "agency_th", "ministry_th"))
    agency = agencies.get(code)
    if agency is None:
        agency = agencies[code] = Agency.objects.create(code=code, name_th=name, ministry_th=ministry)
        summary.agencies_created += 1
    return agency


def _sort_in(
    row: Row,
    agency: Agency,
    services: dict[str, Service],
    to_create: list[Service],
    to_update: list[Service],
    summary: ImportSummary,
) -> None:
    code, name, status = (tidy(row[column]) for column in ("service_id", "service_name_th", "status_id"))
    service = services.get(code)
    if service and (service.name_th, service.agency_id, service.source_status) == (name, agency.pk, status):
        summary.unchanged.append(code)
        return
    if service is None:
        service = Service(code=code)
        to_create.append(service)
        summary.created.append(code)
    else:
        service.updated_at = timezone.now()  # bulk_update does not
        to_update.append(service)
        summary.updated.append(code)
    service.agency, service.name_th, service.source_status = agency, name, status
    index_fields(service)
