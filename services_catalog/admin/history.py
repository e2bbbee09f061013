"""The history of a row, from the audit trail, in words: for its page, for the list of all, and as a file."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import DateTimeField, ForeignKey, Model, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _

from services_catalog.models import AuditEvent
from services_catalog.models.audit import Audited
from services_catalog.services.moving.cells import safe_cell

_PER_PAGE = 50
# How far into an object its changes are told one by one: what is below is told as a whole.
_DEPTH = 2
_COLUMNS = ["at", "by", "officer", "operation", "kind", "id", "name", "agency", "before", "after"]


@dataclass(frozen=True, slots=True)
class Change:
    """One field, as people read it."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Line:
    """One event and the fields that it changed."""

    event: AuditEvent
    kind: str
    changes: list[Change]

    def as_html(self, *, at_most: int = 100, longest: int = 400) -> SafeString:
        """The first fields, with long values cut."""
        shown = format_html_join(
            "",
            "<li><b>{}</b> <del>{}</del> → <ins>{}</ins></li>",
            (
                (one.field, *(Truncator(text).chars(longest) or "–" for text in (one.before, one.after)))
                for one in self.changes[:at_most]
            ),
        )
        more = format_html("<li>… +{}</li>", len(self.changes) - at_most) if len(self.changes) > at_most else ""
        return format_html('<ul class="audit-changes">{}{}</ul>', shown, more)


def is_audited(model: type[Model]) -> bool:
    return any(isinstance(trigger, Audited) for trigger in getattr(model._meta, "triggers", []))


def in_words(events: Sequence[AuditEvent]) -> list[Line]:
    """The events with their fields by name, choices by label, and other rows by what they are called."""
    names = _names_of_related(events)
    return [_line(event, names) for event in events]


def _line(event: AuditEvent, names: dict[tuple[type[Model], str], str]) -> Line:
    """Without the row's own key, which tells people nothing."""
    meta = _model_of(event)._meta
    columns = sorted((event.before | event.after).keys() - {meta.pk.column})
    changes = [change for column in columns for change in _changes(event, column, names)]
    return Line(event, capfirst(str(meta.verbose_name)), changes)


class AuditedHistory(BaseModelAdmin):  # type: ignore[type-arg]
    """Mix into the base of the admins. The page "History" of what is audited shows its trail, and gives it as a file.

    Django's own view decides who may see the row; a row that is not the officer's own has no history either.
    """

    object_history_template: Any = "services_catalog/admin/history.html"

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        response: Any = super().history_view(request, object_id, extra_context)  # type: ignore[misc]
        if not is_audited(self.model) or not isinstance(response, TemplateResponse) or not response.context_data:
            return response
        events = _events_of(response.context_data["object"])
        if wanted := request.GET.get("format"):
            return export(events, wanted)
        page = Paginator(events, _PER_PAGE).get_page(request.GET.get("page"))
        response.context_data |= {
            "audit_page": page,
            "audit_lines": in_words(list(page)),
            "steps": _steps(response.context_data["object"]),
        }
        return response


def _steps(row: Model) -> QuerySet[LogEntry]:
    """What officers did and why, in their own words; what an ordinary save changed is in the trail."""
    entries = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk))
    told = entries.exclude(change_message="").exclude(change_message__startswith="[")
    return told.select_related("user").order_by("-action_time")[:_PER_PAGE]


def export(events: QuerySet[AuditEvent], wanted: str) -> HttpResponse | StreamingHttpResponse:
    """The events as a file: "json", or else CSV."""
    rows = (_row(event) for event in events.select_related("agency", "officer").iterator(chunk_size=500))
    stamp = timezone.localtime().strftime("%Y%m%d-%H%M")
    if wanted == "json":
        answer = StreamingHttpResponse(_as_json(rows), content_type="application/json")
    else:
        wanted = "csv"
        answer = StreamingHttpResponse(_as_csv(rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{stamp}.{wanted}"'
    return answer


def _events_of(row: Model) -> QuerySet[AuditEvent]:
    """Also those of what shares its key: a service's draft, an agency's credential."""
    root = _root(type(row))
    subjects = [name for name, one in _audited_models().items() if _root(one) is root]
    return AuditEvent.objects.filter(subject_id=str(row.pk), subject__in=subjects).order_by("-id")


def _root(model: type[Model]) -> type[Model]:
    key = model._meta.pk
    return key.related_model if isinstance(key, ForeignKey) else model


def _row(event: AuditEvent) -> dict[str, Any]:
    return {
        "at": event.at.isoformat(),
        "by": event.by,
        "officer": event.officer.username if event.officer else "",
        "operation": event.operation,
        "kind": event.subject,
        "id": event.subject_id,
        "name": event.subject_name,
        "agency": event.agency.code if event.agency else "",
        "before": event.before,
        "after": event.after,
    }


def _as_json(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield "["
    for number, row in enumerate(rows):
        yield (",\n" if number else "\n") + json.dumps(row, ensure_ascii=False)
    yield "\n]\n"


class _Echo:
    """What csv writes to, so that each line can be sent as it is made."""

    def write(self, line: str) -> str:
        return line


def _as_csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(_COLUMNS)
    for row in rows:
        cells = [json.dumps(one, ensure_ascii=False) if isinstance(one, dict) else one for one in row.values()]
        yield writer.writerow([safe_cell(cell) for cell in cells])


def _model_of(event: AuditEvent) -> type[Model]:
    return _audited_models()[event.subject]


@cache
def _audited_models() -> dict[str, type[Model]]:
    """Of all apps, by the name that events give them."""
    return {str(one._meta.model_name): one for one in apps.get_models() if is_audited(one)}


def _field(event: AuditEvent, column: str) -> Any:
    """The field of a column; None where the model has it no more."""
    return next((one for one in _model_of(event)._meta.concrete_fields if one.column == column), None)


def _names_of_related(events: Iterable[AuditEvent]) -> dict[tuple[type[Model], str], str]:
    """What the rows are called that foreign keys in these events point to."""
    wanted: dict[type[Model], set[Any]] = {}
    for event in events:
        for column in event.before | event.after:
            field = _field(event, column)
            if isinstance(field, ForeignKey):
                keys = {event.before.get(column), event.after.get(column)} - {None}
                wanted.setdefault(field.related_model, set()).update(keys)
    return {
        (model, str(key)): str(row)
        for model, keys in wanted.items()
        for key, row in model._default_manager.in_bulk(list(keys)).items()
    }


def _changes(event: AuditEvent, column: str, names: dict[tuple[type[Model], str], str]) -> list[Change]:
    """Of a field; one for each entry that differs where it is an object."""
    field = _field(event, column)
    label = capfirst(str(field.verbose_name)) if field else column
    before, after = event.before.get(column), event.after.get(column)
    was, becomes = before or {}, after or {}
    if (was or becomes) and isinstance(was, dict) and isinstance(becomes, dict):
        return _entry_changes(label, dict(_entries(was)), dict(_entries(becomes)))
    return [Change(label, _value(field, before, names), _value(field, after, names))]


def _entry_changes(label: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs between two objects, by its path."""
    changed = [path for path in {**before, **after} if _exactly(before, path) != _exactly(after, path)]
    return [
        Change(f"{label}: {path}", _value(None, before.get(path), {}), _value(None, after.get(path), {}))
        for path in changed
    ]


def _exactly(entries: Mapping[str, Any], path: str) -> str | None:
    """So that true is not 1, and nothing is not null."""
    return json.dumps(entries[path]) if path in entries else None


def _entries(value: Mapping[str, Any], depth: int = _DEPTH) -> Iterator[tuple[str, Any]]:
    """What is in an object, by dotted paths."""
    for name, one in value.items():
        if isinstance(one, dict) and one and depth > 1:
            yield from ((f"{name}.{path}", inner) for path, inner in _entries(one, depth - 1))
        else:
            yield name, one


def _value(field: Any, value: Any, names: dict[tuple[type[Model], str], str]) -> str:
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(field, DateTimeField):
        return date_format(timezone.localtime(field.to_python(value)), "DATETIME_FORMAT")
    if isinstance(field, ForeignKey):
        return names.get((field.related_model, str(value)), str(value))
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(_label(getattr(field, "base_field", field), one) for one in value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return _label(field, value)


def _label(field: Any, value: Any) -> str:
    return str(dict(getattr(field, "flatchoices", None) or []).get(value, value))
