"""Who did something to a lane or to a request, why, and what changed: written in the transaction that did it."""

import getpass
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.serializers.json import DjangoJSONEncoder

from services_catalog.models import Officer, OperatorAction

# First and last name have as much each.
_LONGEST_NAME = OperatorAction._meta.get_field("by").max_length


class ReasonNeeded(ValueError):
    """Nothing is done without saying why."""


@dataclass(frozen=True, slots=True)
class Doer:
    """An officer, or whoever sits at the command line."""

    name: str
    officer: Officer | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What was done to one row, of no agency if it is about a citizen; `changes` is {field: (before, after)}."""

    subject: OperatorAction.Subject
    subject_id: UUID
    subject_name: str
    agency_id: UUID | None
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)


def doer_of(officer: Officer | AnonymousUser) -> Doer:
    """Whoever is signed in to the admin. Raises PermissionDenied for somebody who is not."""
    if not isinstance(officer, Officer):
        raise PermissionDenied
    name: str = officer.get_full_name() or officer.username
    return Doer(name=name[:_LONGEST_NAME], officer=officer)


def doer_at_the_command_line() -> Doer:
    """The operating system's account; its number where that has no name, as in some containers."""
    try:
        return Doer(name=getpass.getuser())
    except (KeyError, OSError):
        return Doer(name=f"uid {os.getuid()}")


def require_reason(reason: str) -> str:
    """The reason without its margins. Raises ReasonNeeded."""
    if stripped := reason.strip():
        return stripped
    raise ReasonNeeded("A reason is needed.")


def operator_actions_write(*, by: Doer, action: str, reason: str, acts: Iterable[Act]) -> None:
    """Call it in the transaction of the change. Raises ReasonNeeded."""
    reason = require_reason(reason)
    OperatorAction.objects.bulk_create(
        OperatorAction(
            officer=by.officer,
            by=by.name,
            action=action,
            reason=reason,
            agency_id=act.agency_id,
            subject=act.subject,
            subject_id=act.subject_id,
            subject_name=act.subject_name,
            changes=_as_json({name: list(pair) for name, pair in act.changes.items()}),
        )
        for act in acts
    )


def _as_json(changes: dict[str, list[Any]]) -> Any:
    """Times as ISO 8601."""
    return json.loads(json.dumps(changes, cls=DjangoJSONEncoder))
