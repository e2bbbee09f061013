"""The national list of services (services.csv) as agencies, unpublished services and their drafts.

Columns read: service_id, ministry_th, agency_id, agency_th, service_name_th, status_id. Names in the list carry
zero-width and non-breaking spaces; they are tidied. What staff write into a service is never overwritten: only what
the list itself says. What citizens see of a service that was published never changes: its draft does.
"""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from services_catalog.models import Agency, Service, ServiceDraft
from services_catalog.models.agencies import code_validator
from services_catalog.search import index_fields
from services_catalog.services.drafts import note_change, working_copy

_COLUMNS = {"service_id", "ministry_th", "agency_id", "agency_th", "service_name_th", "status_id"}
_INVISIBLE = re.compile("[\x00\u200b-\u200d\u2060\ufeff]")
_CODES = {"service_id": 64, "agency_id": 40}
# Rows that are written together: about half a second of work.
BATCH = 200

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


@dataclass(slots=True)
class _Changes:
    """What a batch writes."""

    services_new: list[Service] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    drafts_new: list[ServiceDraft] = field(default_factory=list)
    drafts: list[ServiceDraft] = field(default_factory=list)

    def write(self) -> None:
        Service.objects.bulk_create(self.services_new)
        Service.objects.bulk_update(
            self.services, ["agency", "name_th", "source_status", "search_text", "search_words", "updated_at"]
        )
        ServiceDraft.objects.bulk_create(self.drafts_new)
        ServiceDraft.objects.bulk_update(
            self.drafts,
            ["name_th", "edited_at", "lifecycle", "submitted_by", "submitted_at", "reviewed_by", "reviewed_at"],
        )


def read_services_csv(path: Path) -> list[Row]:
    """The rows of the file. Raises NotTheList or OSError."""
    return parse_services_csv(path.read_bytes(), str(path))


def parse_services_csv(content: bytes, name: str) -> list[Row]:
    """The rows of a file called `name`. Raises NotTheList."""
    try:
        reader = csv.DictReader(StringIO(content.decode("utf-8-sig"), newline=""))
        if missing := _COLUMNS - set(reader.fieldnames or ()):
            raise NotTheList(f"{name}: the columns {', '.join(sorted(missing))} are missing.")
        return list(reader)
    except UnicodeDecodeError:
        raise NotTheList(f"{name}: not UTF-8 text.") from None
    except csv.Error as error:
        raise NotTheList(f"{name}: not a CSV: {error}.") from None


def services_import(
    rows: Sequence[Row], *, dry_run: bool = False, on_progress: Callable[[int], None] = lambda done: None
) -> ImportSummary:
    """Brings the rows in, all or nothing; running it again changes nothing. `on_progress` hears rows done so far."""
    summary = ImportSummary()
    with transaction.atomic():
        for start in range(0, len(rows), BATCH):
            batch_import(rows, start, summary)
            on_progress(min(start + BATCH, len(rows)))
        transaction.set_rollback(dry_run)
    return summary


@transaction.atomic
def batch_import(rows: Sequence[Row], start: int, summary: ImportSummary) -> None:
    """Brings BATCH rows of the list in, from `start`; adds what it did to `summary`. Needs the whole list: a code may
    be there twice.
    """
    earlier = {tidy(row["service_id"]) for row in rows[:start]}
    good = list(_without_refused(rows[start : start + BATCH], start, earlier, summary))
    agencies = _agencies(good, summary)
    services = _services(good)
    changes = _Changes()
    for row in good:
        _sort_in(row, agencies[tidy(row["agency_id"])], services.get(tidy(row["service_id"])), changes, summary)
    changes.write()


def tidy(text: str | None) -> str:
    """The text without invisible characters, NFC, with single plain spaces."""
    return " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text or "")).split())


def _without_refused(rows: Sequence[Row], start: int, seen: set[str], summary: ImportSummary) -> Iterator[Row]:
    for number, row in enumerate(rows, start=start + 2):
        if reason := _reason_to_refuse(row, seen):
            summary.refused.append((number, reason))
        else:
            yield row


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


def _agencies(rows: Sequence[Row], summary: ImportSummary) -> dict[str, Agency]:
    """The agencies of these rows by their code; new ones are made."""
    named = {
        tidy(row["agency_id"]): Agency(
            code=tidy(row["agency_id"]), name_th=tidy(row["agency_th"]), ministry_th=tidy(row["ministry_th"])
        )
        for row in reversed(rows)
    }
    found = {agency.code: agency for agency in Agency.objects.filter(code__in=named)}
    new = Agency.objects.bulk_create(agency for code, agency in named.items() if code not in found)
    summary.agencies_created += len(new)
    return found | {agency.code: agency for agency in new}


def _services(rows: Sequence[Row]) -> dict[str, Service]:
    codes = [tidy(row["service_id"]) for row in rows]
    with_drafts = Service.objects.filter(code__in=codes).select_related("draft", "current_version")
    return {service.code: service for service in with_drafts}


def _sort_in(row: Row, agency: Agency, service: Service | None, changes: _Changes, summary: ImportSummary) -> None:
    code, name, status = (tidy(row[column]) for column in ("service_id", "service_name_th", "status_id"))
    if service is None:
        service = Service(code=code, agency=agency, name_th=name, source_status=status)
        index_fields(service)
        changes.services_new.append(service)
        changes.drafts_new.append(ServiceDraft(service=service, name_th=name))
        summary.created.append(code)
        return
    draft = working_copy(service)
    is_new = draft.edited_at is None
    if (draft.name_th, service.agency_id, service.source_status) == (name, agency.pk, status):
        summary.unchanged.append(code)
        return
    summary.updated.append(code)
    _change_service(service, agency, name, status)
    changes.services.append(service)
    if draft.name_th != name:
        draft.name_th = name
        note_change(draft, None)
        (changes.drafts_new if is_new else changes.drafts).append(draft)


def _change_service(service: Service, agency: Agency, name: str, status: str) -> None:
    service.agency, service.source_status = agency, status
    if service.current_version is None:  # citizens never saw it: lists show the name
        service.name_th = name
    index_fields(service)
    service.updated_at = timezone.now()  # bulk_update does not
