from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from citizens.service_requests.models.requests import ServiceRequest


class Difference(models.Model):
    """An agency says something else of a request than we do. Found by comparing; settled once it says the same, be it
    by its news or when it is asked again.
    """

    class Kind(models.TextChoices):
        MISSING_AT_AGENCY = "missing_at_agency", _("The agency does not have it")
        STATUS_DIFFERS = "status_differs", _("The agency has another status")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service_request = models.ForeignKey(
        ServiceRequest,
        on_delete=models.CASCADE,
        db_index=False,
        related_name="differences",
        verbose_name=_("service request"),
    )
    kind = models.CharField(_("difference"), max_length=20, choices=Kind.choices)
    ours = models.CharField(_("our status"), max_length=20)
    theirs = models.CharField(_("the agency's status"), max_length=200, blank=True)
    found_at = models.DateTimeField(_("found at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        # For the foreign key: a request that goes into the archive looks for its differences.
        indexes = [models.Index(fields=["service_request"], name="difference_of_request")]
        constraints = [
            models.UniqueConstraint(
                fields=["service_request"], name="one_open_difference", condition=models.Q(settled_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["missing_at_agency", "status_differs"]), name="difference_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.service_request_id}"
