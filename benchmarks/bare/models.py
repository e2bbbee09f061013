from django.db import models
from uuid_utils.compat import uuid7


class BareRow(models.Model):
    """What a plain application would keep of a submission."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    owner = models.UUIDField()
    body = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects: "models.Manager[BareRow]" = models.Manager()

    def __str__(self) -> str:
        return str(self.id)


class BareEvent(models.Model):
    """And of what happened to it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    row = models.ForeignKey(BareRow, on_delete=models.CASCADE)
    status = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: "models.Manager[BareEvent]" = models.Manager()

    def __str__(self) -> str:
        return self.status
