"""What is linked from now on keeps its subject and claims; rows of before are left as they are.

The constraint is not validated: no row is read, so that writers wait for the table for a moment alone, and rows that
were linked before there was anything to keep may stay until their citizen signs in.
"""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("citizens", "0007_provider_sessions_to_end"),
    ]

    operations = [
        AddConstraintNotValid(
            model_name="linkedidentity",
            constraint=models.CheckConstraint(
                condition=models.Q(subject_encrypted__isnull=False, claims_encrypted__isnull=False),
                name="identity_is_sealed",
            ),
        ),
    ]
