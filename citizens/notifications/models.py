from django.db import models
from uuid_utils.compat import uuid7


class Notification(models.Model):
    """One status event, or one identity event, told on one channel. "Told" means that this row exists."""

    class Channel(models.TextChoices):
        INBOX = "inbox"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # Other indexes of the table begin with these two.
    citizen = models.ForeignKey(
        "citizens.Citizen", on_delete=models.CASCADE, db_index=False, related_name="notifications"
    )
    status_event = models.ForeignKey(
        "service_requests.StatusEvent",
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        related_name="notifications",
    )
    identity_event = models.ForeignKey(
        "citizens.IdentityEvent", on_delete=models.CASCADE, null=True, db_index=False, related_name="notifications"
    )
    channel = models.CharField(max_length=10, choices=Channel.choices)
    title_th = models.TextField()
    title_en = models.TextField()
    body_th = models.TextField()
    body_en = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["citizen", "-id"], name="notification_of_citizen")]
        constraints = [
            models.UniqueConstraint(fields=["status_event", "channel"], name="told_once_per_channel"),
            # Of the few that have one: rows of status events cost no entry.
            models.UniqueConstraint(
                fields=["identity_event", "channel"],
                name="identity_event_told_once",
                condition=models.Q(identity_event__isnull=False),
            ),
            models.CheckConstraint(
                condition=models.Q(status_event__isnull=False, identity_event__isnull=True)
                | models.Q(status_event__isnull=True, identity_event__isnull=False),
                name="notification_of_one_event",
            ),
            models.CheckConstraint(condition=models.Q(channel__in=["inbox"]), name="notification_channel_known"),
        ]

    def __str__(self) -> str:
        return self.title_en
