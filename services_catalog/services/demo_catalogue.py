"""The demo catalogue: services written for this project as YAML (services_catalog/demo_catalogue)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from services_catalog.form_check import with_order
from services_catalog.models import Agency, Category, LifeEvent, SearchAlias, Service
from services_catalog.search import index_fields, normalise
from services_catalog.services.publishing import service_version_create

DEMO_CATALOGUE = Path(__file__).resolve().parent.parent / "demo_catalogue"
_REFERENCE = "#/$defs/"


@dataclass(frozen=True, slots=True)
class Form:
    """A form that stands alone, and an example that fits it."""

    schema: dict[str, Any]
    example: Any


def _read(path: Path) -> Any:
    # The safe loader in C: six times as fast as the one in Python.
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str) and reference.startswith(_REFERENCE):
            yield reference.removeprefix(_REFERENCE)
        for child in node.values():
            yield from _references(child)
    elif isinstance(node, list):
        for child in node:
            yield from _references(child)


def _with_shared_definitions(schema: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    definitions: dict[str, Any] = dict(schema.get("$defs", {}))
    wanted = list(_references(schema))
    while wanted:
        name = wanted.pop()
        if name not in definitions:
            definitions[name] = shared[name]
            wanted.extend(_references(shared[name]))
    return {**schema, "$defs": definitions} if definitions else schema


@cache
def demo_forms() -> dict[str, Form]:
    """Every form by its code, each with the shared definitions it uses copied in."""
    shared = _read(DEMO_CATALOGUE / "forms" / "shared.yaml")
    forms = {}
    for path in sorted((DEMO_CATALOGUE / "forms").glob("*.yaml")):
        if path.name != "shared.yaml":
            content = _read(path)
            schema = with_order(_with_shared_definitions(content["schema"], shared))
            forms[path.stem] = Form(schema, content["example"])
    return forms


def demo_agencies() -> Iterator[dict[str, Any]]:
    """Each agency's file, its services inside."""
    for path in sorted((DEMO_CATALOGUE / "agencies").rglob("*.yaml")):
        yield _read(path)


def aliases_load() -> None:
    """Everyday words → official words, the seed of the alias table. Terms that staff changed stay as they are."""
    entries = _read(DEMO_CATALOGUE / "aliases.yaml").items()
    aliases = [SearchAlias(term=normalise(term), means=normalise(means)) for term, means in entries]
    SearchAlias.objects.bulk_create(aliases, ignore_conflicts=True)


@transaction.atomic
def demo_catalogue_load() -> list[Service]:
    """Agencies, services and a version of each as the files say; unpublished where they are new. Idempotent."""
    aliases_load()
    _load_headings(Category, "categories.yaml")
    _load_headings(LifeEvent, "life_events.yaml")
    return [_load_service(_load_agency(entry), service) for entry in demo_agencies() for service in entry["services"]]


def _load_headings(model: type[Category] | type[LifeEvent], file_name: str) -> None:
    for position, entry in enumerate(_read(DEMO_CATALOGUE / file_name)):
        texts = {"name_th": entry["name"]["th"], "name_en": entry["name"]["en"], "position": position}
        model._default_manager.update_or_create(code=entry["code"], defaults=texts)


def _load_agency(entry: dict[str, Any]) -> Agency:
    agency, _ = Agency.objects.update_or_create(
        code=entry["code"],
        defaults={
            "name_th": entry["name"]["th"],
            "name_en": entry["name"]["en"],
            "ministry_th": entry["ministry"]["th"],
            "ministry_en": entry["ministry"]["en"],
            **{f"contact_{kind}": value for kind, value in entry["contact"].items()},
        },
    )
    return agency


def _load_service(agency: Agency, entry: dict[str, Any]) -> Service:
    form = demo_forms()[entry["form"]]
    service = Service.objects.filter(code=entry["code"]).first() or Service(code=entry["code"])
    service.agency = agency
    for language in ("th", "en"):
        setattr(service, f"name_{language}", entry["name"][language])
        setattr(service, f"description_{language}", entry["description"][language])
        setattr(service, f"fee_note_{language}", entry["fee"].get("note", {}).get(language, ""))
    service.category_id = entry["category"]
    service.life_event_id = entry["life_event"]
    service.aliases = entry["aliases"]
    service.min_ial = Decimal(entry["min_ial"])
    service.min_aal = Decimal(entry["min_aal"])
    service.fee_baht = Decimal(entry["fee"]["baht"])
    service.decision_days = entry["decision"]["days"]
    service.decision_unit = entry["decision"]["unit"]
    service.documents = entry["documents"]
    service.channels = entry["channels"]
    index_fields(service)
    service.save()
    service_version_create(service=service, form=form.schema, example=form.example, claims=entry["claims"])
    return service
