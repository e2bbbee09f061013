"""What a request, an attempt and a timeline can say of themselves."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """What the citizen sees (architecture, Words)."""

    RECEIVED = "received", _("Received")
    DELIVERED = "delivered", _("Delivered")
    IN_PROGRESS = "in_progress", _("In progress")
    ACTION_REQUIRED = "action_required", _("Action required")
    COMPLETED = "completed", _("Completed")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")
    UNDELIVERABLE = "undeliverable", _("Undeliverable")


class Outcome(models.TextChoices):
    """How a delivery attempt stands; ours, never the citizen's."""

    CLAIMED = "claimed", _("Claimed")
    SENDING = "sending", _("Sending")
    DELIVERED = "delivered", _("Delivered")
    RETRYABLE = "retryable", _("Will be tried again")
    PERMANENT = "permanent", _("Refused for good")
    UNKNOWN = "unknown", _("Unknown")


OPEN_OUTCOMES = [Outcome.CLAIMED, Outcome.SENDING]
CLOSED_OUTCOMES = [outcome for outcome in Outcome if outcome not in OPEN_OUTCOMES]


class Errand(models.TextChoices):
    """What is to be delivered to the agency; one at a time for each request."""

    SUBMISSION = "submission", _("Submission")
    RESPONSE = "response", _("Citizen's answer")
    CANCELLATION = "cancellation", _("Wish to cancel")


class Actor(models.TextChoices):
    """Who must act next."""

    AGENCY = "agency", _("Agency")
    CITIZEN = "citizen", _("Citizen")
    NOBODY = "nobody", _("Nobody")
