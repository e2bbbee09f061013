"""What each call of an agency is signed with, for the published schema."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

LONGEST_MESSAGE_ID = 128
SIGNATURE_HEADERS = [
    OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, required=True, description=description)
    for name, description in [
        (
            "webhook-id",
            f"The message's id (at most {LONGEST_MESSAGE_ID} characters); an event sent again changes nothing",
        ),
        ("webhook-timestamp", "Seconds since 1970, at most five minutes off"),
        ("webhook-signature", "`v1,` and the base64 HMAC-SHA256 of `id.timestamp.body`"),
    ]
]
