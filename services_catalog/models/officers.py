from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from services_catalog.models.audit import Audited

PLATFORM_ROLES = ["platform_administrator", "platform_reviewer", "operator"]
AGENCY_ROLES = ["agency_administrator", "editor", "case_handler"]


class Officer(AbstractUser):
    """Agency or central staff; citizens are not Django users (architecture, rule 11).

    An officer without an agency works for the platform. What each role may do is said by `services_catalog.rights`.
    """

    class Role(models.TextChoices):
        PLATFORM_ADMINISTRATOR = "platform_administrator", _("Platform administrator")
        PLATFORM_REVIEWER = "platform_reviewer", _("Platform reviewer")
        OPERATOR = "operator", _("Operator")
        AGENCY_ADMINISTRATOR = "agency_administrator", _("Agency administrator")
        EDITOR = "editor", _("Editor")
        CASE_HANDLER = "case_handler", _("Case handler")

    # Roles say what an officer may do, and nothing beside them.
    groups = None  # type: ignore[assignment]
    user_permissions = None  # type: ignore[assignment]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(
        "services_catalog.Agency",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="officers",
        verbose_name=_("agency"),
    )
    roles = ArrayField(
        models.CharField(max_length=30, choices=Role.choices), default=list, blank=True, verbose_name=_("roles")
    )

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(agency__isnull=True, roles__contained_by=PLATFORM_ROLES)
                | models.Q(agency__isnull=False, roles__contained_by=AGENCY_ROLES),
                name="officer_roles_fit_the_employer",
            )
        ]
        triggers = [
            Audited(
                name_sql="_row.username",
                agency_sql="_row.agency_id",
                # Rights, not who the person is and when they came.
                unwatched=["first_name", "last_name", "email", "last_login", "date_joined"],
                secret=["password"],
            ),
        ]
