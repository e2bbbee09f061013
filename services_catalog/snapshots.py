"""What a service says, as JSON: for versions, for comparing, and for carrying it from one row to another."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from services_catalog.models import Service, ServiceDraft
from services_catalog.models.content import ServiceContent

# The names under which both Service and ServiceDraft keep what ServiceContent declares; relations by their key.
CONTENT_FIELDS: tuple[str, ...] = tuple(
    field.attname
    for field in ServiceDraft._meta.concrete_fields
    if field.name in {declared.name for declared in ServiceContent._meta.local_fields}
)


def content_of(row: ServiceContent) -> dict[str, Any]:
    """The content of a service or a draft as JSON: decimals as text, times as ISO 8601."""
    return as_json({name: getattr(row, name) for name in CONTENT_FIELDS})


def draft_content(draft: ServiceDraft) -> dict[str, Any]:
    """Everything an agency writes: the content, the form and its example."""
    return {**content_of(draft), "form": draft.form, "example": draft.example}


def live_content(service: Service) -> dict[str, Any] | None:
    """The same of what citizens see, or saw last; None for a service that never was published."""
    version = service.current_version
    return {**content_of(service), "form": version.form, "example": version.example} if version else None


def copy_content(source: ServiceContent, target: ServiceContent) -> None:
    """Sets the fields of an unsaved row."""
    for name in CONTENT_FIELDS:
        setattr(target, name, deepcopy(getattr(source, name)))


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return decoded
