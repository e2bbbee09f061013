"""What the row of a provider that works by asynchronous consent says."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from citizens.identity.providers.options import StrictOptions, can_be_called

_PURPOSE = "ยืนยันตัวตนเพื่อเข้าสู่ระบบบริการภาครัฐ"


@dataclass(frozen=True, slots=True)
class Terms:
    """ConsentRequestOptions, validated: where the node is, and what we ask people for. Times in seconds."""

    base_url: str
    callback_base_url: str
    namespace: str
    mode: int
    min_ial: Decimal
    min_aal: Decimal
    request_timeout: int
    call_timeout: int
    poll_interval: int
    purpose: str


class InnerAddressField(serializers.RegexField):
    """An address within our own network: plain HTTP and names without a dot as well."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            r"^https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~/-]*)?\Z",
            max_length=300,
            error_messages={"invalid": _("It has to be like http://ndid-node:8080/v6.")},
            **kwargs,
        )

    def to_internal_value(self, data: Any) -> str:
        address = str(super().to_internal_value(data)).rstrip("/")
        if not can_be_called(address):
            self.fail("invalid")
        return address


class ConsentRequestOptions(StrictOptions):
    """A node of NDID, version 6 of its API: ours, on our premises; its X-API-Key is the provider's secret."""

    base_url = InnerAddressField(label=_("Address of our node"), help_text=_("As in http://ndid-node:8080/v6."))
    callback_base_url = InnerAddressField(
        required=False,
        allow_blank=True,
        default="",
        label=_("Where the node reaches us"),
        help_text=_("The public address if empty."),
    )
    namespace = serializers.RegexField(
        r"^[a-z_]+\Z",
        default="citizen_id",
        max_length=40,
        label=_("Namespace"),
        help_text=_("What NDID knows people by: the 13-digit number."),
        error_messages={"invalid": _("Small letters and _ only.")},
    )
    mode = serializers.ChoiceField(
        choices=[2, 3], default=2, label=_("Mode"), help_text=_("2: people whom their bank has enrolled with NDID.")
    )
    min_ial = serializers.DecimalField(
        max_digits=2,
        decimal_places=1,
        min_value=Decimal(1),
        max_value=Decimal(3),
        default=Decimal("2.3"),
        label=_("Lowest IAL"),
    )
    min_aal = serializers.DecimalField(
        max_digits=2,
        decimal_places=1,
        min_value=Decimal(1),
        max_value=Decimal(3),
        default=Decimal("2.2"),
        label=_("Lowest AAL"),
    )
    request_timeout = serializers.IntegerField(
        min_value=2, max_value=3600, default=600, label=_("How long people may take (seconds)")
    )
    call_timeout = serializers.IntegerField(
        min_value=1, max_value=10, default=5, label=_("How long the node may take to answer (seconds)")
    )
    poll_interval = serializers.IntegerField(
        min_value=1, max_value=60, default=5, label=_("Shortest time between two questions to the node (seconds)")
    )
    purpose = serializers.CharField(
        max_length=400,
        default=_PURPOSE,
        label=_("What people read in the bank's app"),
        help_text=_("The reference is added."),
    )
