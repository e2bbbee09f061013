"""Every change that citizens can see gives the catalogue a new version, whoever makes it and however.

The triggers run when the transaction commits, and the first thing they do is lock the version's only row. So versions
are given in the order of the commits (who has seen version n has seen all changes up to n), nobody waits for more
than somebody else's commit, and no two wait for each other.
"""

import pgtrigger

from services_catalog.models.agencies import Agency
from services_catalog.models.catalogue import CatalogueEntry, CatalogueVersion
from services_catalog.models.lanes import Lane
from services_catalog.models.outages import Outage
from services_catalog.models.services import Category, LifeEvent, Service
from services_catalog.models.stats import ServiceStats

_VERSION, _ENTRY, _SERVICE = (model._meta.db_table for model in (CatalogueVersion, CatalogueEntry, Service))
_CLOCK = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_SET_ENTRY = "ON CONFLICT (code) DO UPDATE SET version = excluded.version, is_live = excluded.is_live;"
_NOT_SHOWN = ["source_status", "adapter", "adapter_options", "search_text", "search_words", "search_vector"]


def _next(column: str) -> str:
    """Statements that give `column` of the version its next value, which is then in `changed_in`."""
    return (
        f"INSERT INTO {_VERSION} AS version (id, number, running) VALUES (1, {_CLOCK}, {_CLOCK})"  # noqa: S608
        f" ON CONFLICT (id) DO UPDATE SET {column} = greatest(version.{column} + 1, {_CLOCK})"
        f" RETURNING {column} INTO changed_in; "
    )


def _on_commit(
    name: str, operation: pgtrigger.Operation, body: str, *, condition: pgtrigger.Condition | None = None
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        declare=[("changed_in", "BIGINT")],
        func=f"{body} RETURN NULL;",
        condition=condition,
    )


def _services_where(condition: str) -> str:
    """Statements after which the live services that the condition names have changed."""
    return (
        f"{_next('number')} INSERT INTO {_ENTRY} (code, version, is_live) SELECT code, changed_in, true"  # noqa: S608
        f" FROM {_SERVICE} WHERE publication = 'published' AND {condition} {_SET_ENTRY}"
    )


def _set_entry(code: str, is_live: str) -> str:
    return (
        f"INSERT INTO {_ENTRY} (code, version, is_live)"  # noqa: S608
        f" VALUES ({code}, changed_in, {is_live}) {_SET_ENTRY} "
    )


# A code that changes is withdrawn under its old name.
_service_changed = (
    "IF 'published' IN (OLD.publication, NEW.publication) THEN"
    f" {_next('number')} {_set_entry('OLD.code', 'false')}"
    f" IF NEW.publication = 'published' THEN {_set_entry('NEW.code', 'true')} END IF; END IF;"
)
_any_heading = pgtrigger.Insert | pgtrigger.Delete
_heading = "COALESCE(NEW.code, OLD.code)"

pgtrigger.register(
    _on_commit(
        "catalogue_changes",
        pgtrigger.Update,
        _service_changed,
        condition=pgtrigger.AnyChange(exclude=_NOT_SHOWN, exclude_auto=True),
    ),
)(Service)
pgtrigger.register(
    _on_commit(
        "catalogue_changes",
        pgtrigger.Update,
        _services_where("agency_id = NEW.id"),
        condition=pgtrigger.AnyChange(exclude_auto=True),
    )
)(Agency)
for _model, _column in ((Category, "category_id"), (LifeEvent, "life_event_id")):
    _change = _services_where(f"{_column} = {_heading}")
    pgtrigger.register(
        _on_commit("catalogue_changes", pgtrigger.Update, _change, condition=pgtrigger.AnyChange()),
        _on_commit("catalogue_gains_or_loses", _any_heading, _change),
    )(_model)
pgtrigger.register(
    _on_commit(
        "catalogue_changes",
        pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        _services_where("id = COALESCE(NEW.lane_id, OLD.lane_id)"),
    )
)(Outage)
pgtrigger.register(
    _on_commit(
        "catalogue_runs",
        pgtrigger.Update,
        _next("running"),
        condition=pgtrigger.AnyChange(
            "opens_at",
            "closes_at",
            "open_weekdays",
            "paused",
            "breaker",
            "breaker_override",
            "breaker_since",
            "breaker_probe_at",
        ),
    )
)(Lane)
pgtrigger.register(
    _on_commit(
        "catalogue_runs",
        pgtrigger.Update,
        _next("running"),
        condition=pgtrigger.AnyChange("usual_median", "usual_p90", "received"),
    ),
    _on_commit("catalogue_gains", pgtrigger.Insert, _next("running")),
)(ServiceStats)
