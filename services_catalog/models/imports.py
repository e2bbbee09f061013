from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7


class ImportJob(models.Model):
    """The national list on its way in: workers take it in by batches, and write how far they are with each batch."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("officer")
    )
    file_name = models.CharField(_("file"), max_length=200)
    # Kept until the job ends.
    content = models.BinaryField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField(_("rows"))
    # Rows of the file, from its beginning, that are in or refused.
    done = models.PositiveIntegerField(_("done"), default=0)
    created = models.PositiveIntegerField(_("new services"), default=0)
    updated = models.PositiveIntegerField(_("changed services"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged services"), default=0)
    agencies_created = models.PositiveIntegerField(_("new agencies"), default=0)
    # [line of the file, why], in the order of the file.
    refused = models.JSONField(_("refused rows"), default=list)
    created_at = models.DateTimeField(_("uploaded at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("import of the national list")
        verbose_name_plural = _("imports of the national list")
        indexes = [
            models.Index(
                fields=["created_at"], name="import_unfinished", condition=models.Q(state__in=["waiting", "running"])
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "done", "cancelled"]), name="import_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running"], content__isnull=False)
                | models.Q(state__in=["done", "cancelled"], content__isnull=True),
                name="import_keeps_its_file_until_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_finished(self) -> bool:
        return self.state in (self.State.DONE, self.State.CANCELLED)
