from django.db import models
from uuid_utils.compat import uuid7

from citizens.models.people import Citizen


class ConsentRequest(models.Model):
    """A sign-in by asynchronous consent (NDID): the citizen is asked in their bank's app while our phone waits."""

    class State(models.TextChoices):
        CREATING = "creating"
        WAITING = "waiting"
        ACCEPTED = "accepted"
        FINISHED = "finished"
        REJECTED = "rejected"
        FAILED = "failed"
        TIMED_OUT = "timed_out"
        CANCELLED = "cancelled"

    OPEN_STATES = (State.CREATING, State.WAITING, State.ACCEPTED)

    # Our reference towards the node, which takes each once.
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    provider = models.CharField(max_length=40)
    # As Citizen has it; nobody is made a citizen before they have consented.
    number_fingerprint = models.BinaryField(max_length=32)
    # Erased when nobody needs it any more.
    number_encrypted = models.BinaryField(null=True)
    # SHA-256 of the phone's installation id, which limits are counted by.
    device_hash = models.BinaryField(max_length=32)
    device_name = models.CharField(max_length=80, blank=True)
    network = models.CharField(max_length=43, blank=True)
    idp_node_id = models.CharField(max_length=120)
    # Six digits that the phone and the bank's app both show.
    reference = models.CharField(max_length=6)
    code_challenge = models.CharField(max_length=128)
    # SHA-256 of the unguessable part of the callback's address.
    callback_token_hash = models.BinaryField(max_length=32, unique=True)
    # The bank does not know this number: asked of nobody, told to nobody.
    is_decoy = models.BooleanField(default=False)
    # Since when the node may have it: set before it is asked to create, taken back when nothing can have arrived.
    asked_at = models.DateTimeField(null=True)
    # The node's id of it, and the salt of its hashes, which must be kept for audits (AES-GCM blob bound to this row).
    node_request_id = models.CharField(max_length=64, blank=True)
    initial_salt_encrypted = models.BinaryField(null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.CREATING)
    failure_code = models.CharField(max_length=60, blank=True)
    # The newest block of the chain that was heard of: what is older is late news.
    block_height = models.PositiveBigIntegerField(default=0)
    citizen = models.ForeignKey(Citizen, on_delete=models.CASCADE, null=True, related_name="consent_requests")
    ial = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    aal = models.DecimalField(max_digits=2, decimal_places=1, null=True)
    answered_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    # When something is to be done next (ask, close, end it), at the latest; callbacks of the node make it sooner.
    next_poll_at = models.DateTimeField(null=True)
    # Since when nothing of it is open at the node, nor kept there of the person.
    closed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Until when the citizen may answer; once they have, until when the phone may finish.
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["number_fingerprint", "-id"], name="consent_of_number"),
            models.Index(fields=["device_hash", "-id"], name="consent_of_device"),
            models.Index(
                fields=["next_poll_at"], name="consent_to_poll", condition=models.Q(next_poll_at__isnull=False)
            ),
            models.Index(
                fields=["created_at"],
                name="consent_with_number",
                condition=models.Q(number_encrypted__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["number_fingerprint"],
                name="one_open_consent_per_number",
                condition=models.Q(state__in=["creating", "waiting", "accepted"]),
            ),
            models.UniqueConstraint(
                fields=["node_request_id"], name="consent_node_request_once", condition=~models.Q(node_request_id="")
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[
                        *["creating", "waiting", "accepted", "finished"],
                        *["rejected", "failed", "timed_out", "cancelled"],
                    ]
                ),
                name="consent_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"consent request {self.id}"
