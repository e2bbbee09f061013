"""The audit trail: who changed what of which row, from what to what, written by the database itself."""

from collections.abc import Sequence
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

HIDDEN = "•••"

# The row's columns that differ, with what they were and what they are. Empty ones of a new or deleted row say nothing.
_CHANGES = """
    SELECT
        COALESCE(jsonb_object_agg(key, CASE WHEN {is_secret} AND was <> 'null' THEN '"{hidden}"' ELSE was END)
            FILTER (WHERE TG_OP <> 'INSERT'), '{{}}'),
        COALESCE(jsonb_object_agg(key, CASE WHEN {is_secret} AND becomes <> 'null' THEN '"{hidden}"' ELSE becomes END)
            FILTER (WHERE TG_OP <> 'DELETE'), '{{}}')
    INTO _before, _after
    FROM (SELECT * FROM jsonb_each(_old)) AS o(key, was) FULL JOIN (SELECT * FROM jsonb_each(_new)) AS n(key, becomes)
        USING (key)
    WHERE was IS DISTINCT FROM becomes AND key <> ALL ({unwatched})
        AND (TG_OP = 'UPDATE' OR COALESCE(was, becomes) NOT IN ('null', '""', '[]', '{{}}'));
"""

_WRITE = """
    IF _before <> '{{}}' OR _after <> '{{}}' THEN
        INSERT INTO services_catalog_auditevent
            (at, operation, subject, subject_id, subject_name, agency_id, officer_id, by, before, after)
        VALUES (
            clock_timestamp(), lower(TG_OP), '{subject}', _row.{key}::text, {name}, {agency},
            NULLIF(_who ->> 'officer', '')::uuid, COALESCE(_who ->> 'by', 'database role ' || session_user),
            _before, _after
        );
    END IF;
    RETURN NULL;
"""

_BODY = (
    """
    IF TG_OP = 'DELETE' THEN _row := OLD; ELSE _row := NEW; END IF;
    IF TG_OP <> 'INSERT' THEN _old := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN _new := to_jsonb(NEW); END IF;
    """
    + _CHANGES
    + _WRITE
)


class Audited(pgtrigger.Trigger):
    """Keeps every change of a model's rows, whether a page, a command, a task or plain SQL makes it.

    `name_sql` and `agency_sql` are SQL over the row, which is called `_row`: what people call it, and whose it is.
    Who did it comes from `services.audit.acting`; without that it is the database's role. New columns are watched
    unless they are named here; of secret ones only that they changed is kept.
    """

    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    name = "audited"
    declare = [
        *[("_row", "RECORD"), ("_old", "JSONB"), ("_new", "JSONB"), ("_before", "JSONB"), ("_after", "JSONB")],
        ("_who", "JSONB := NULLIF(current_setting('pghistory.context_metadata', true), '')"),
    ]

    def __init__(
        self, *, name_sql: str, agency_sql: str, unwatched: Sequence[str] = (), secret: Sequence[str] = ()
    ) -> None:
        super().__init__()
        self.name_sql = name_sql
        self.agency_sql = agency_sql
        self.unwatched = unwatched
        self.secret = secret

    def get_func(self, model: Any) -> str:
        return _BODY.format(
            subject=model._meta.model_name,
            key=model._meta.pk.column,
            name=self.name_sql,
            agency=self.agency_sql,
            unwatched=_array(self.unwatched),
            is_secret=f"key = ANY ({_array(self.secret)})",
            hidden=HIDDEN,
        )


def _array(names: Sequence[str]) -> str:
    return "ARRAY[{}]::text[]".format(", ".join(f"'{name}'" for name in names))


class AuditEvent(models.Model):
    """One row that was made, changed or deleted. Append-only; triggers alone write here (`Audited`)."""

    class Operation(models.TextChoices):
        INSERT = "insert", _("Made")
        UPDATE = "update", _("Changed")
        DELETE = "delete", _("Deleted")

    at = models.DateTimeField(_("at"), db_index=True)
    operation = models.CharField(_("operation"), max_length=10, choices=Operation.choices)
    # The model and the key of the row; a draft has the key of its service, a credential that of its agency.
    subject = models.CharField(_("kind"), max_length=40)
    subject_id = models.CharField(_("its id"), max_length=64)
    subject_name = models.TextField(_("its name"))
    # Without constraints: the trail outlives what it tells of.
    agency = models.ForeignKey(
        "services_catalog.Agency",
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("agency"),
    )
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("officer"),
    )
    by = models.TextField(_("by"))
    # The columns that differ.
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit")
        indexes = [models.Index(fields=["subject_id", "-id"], name="audit_of_subject")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(operation__in=["insert", "update", "delete"]), name="audit_operation_known"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="audit_append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.get_operation_display()} {self.subject_name}"
