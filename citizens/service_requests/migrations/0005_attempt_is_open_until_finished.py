"""What was true of every attempt becomes a rule of the table.

Validated by itself, outside the transaction that adds it: writers wait for the table for a moment alone.
"""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models

_NAME = "attempt_is_open_until_finished"
_OPEN = ["claimed", "sending"]
_CLOSED = ["delivered", "retryable", "permanent", "unknown"]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("service_requests", "0004_drafts_are_sent_once"),
    ]

    operations = [
        AddConstraintNotValid(
            model_name="deliveryattempt",
            constraint=models.CheckConstraint(
                condition=models.Q(outcome__in=_OPEN, finished_at__isnull=True)
                | models.Q(outcome__in=_CLOSED, finished_at__isnull=False),
                name=_NAME,
            ),
        ),
        ValidateConstraint(model_name="deliveryattempt", name=_NAME),
        # Said again by the new one.
        migrations.RemoveConstraint(model_name="deliveryattempt", name="attempt_outcome_known"),
    ]
