"""What agencies and we prove ourselves to each other with."""

from services_catalog.encryption import decrypt, encrypt, fingerprint
from services_catalog.models import Agency, AgencyCredential


def _api_key_fingerprint(api_key: str) -> bytes:
    return fingerprint(api_key.encode(), purpose="agency-api-key")


def _secret_place(agency_id: object, kind: str) -> str:
    return f"agency-credential:{agency_id}:{kind}"


def credential_set_primary(
    *, agency: Agency, api_key: str, callback_secret: str, outgoing_secret: str
) -> AgencyCredential:
    """Replaces the agency's primary API key and secrets; what was primary becomes secondary when it differs."""
    credential, _ = AgencyCredential.objects.get_or_create(agency=agency)
    new_key = _api_key_fingerprint(api_key)
    if credential.api_key_primary and bytes(credential.api_key_primary) == new_key:
        return credential
    credential.api_key_secondary = credential.api_key_primary
    credential.callback_secret_secondary = credential.callback_secret_primary
    credential.outgoing_secret_secondary = credential.outgoing_secret_primary
    credential.api_key_primary = new_key
    credential.callback_secret_primary = encrypt(
        callback_secret.encode(), bound_to=_secret_place(agency.pk, "callback")
    )
    credential.outgoing_secret_primary = encrypt(
        outgoing_secret.encode(), bound_to=_secret_place(agency.pk, "outgoing")
    )
    credential.save()
    return credential


def credential_by_api_key(api_key: str) -> AgencyCredential | None:
    """The credential whose primary or secondary API key this is."""
    key = _api_key_fingerprint(api_key)
    candidates = AgencyCredential.objects.select_related("agency")
    return candidates.filter(api_key_primary=key).first() or candidates.filter(api_key_secondary=key).first()


def callback_secrets(credential: AgencyCredential) -> list[str]:
    """The secrets an agency may sign status events with, primary first."""
    blobs = [credential.callback_secret_primary, credential.callback_secret_secondary]
    place = _secret_place(credential.agency_id, "callback")
    return [decrypt(blob, bound_to=place).decode() for blob in blobs if blob]


def outgoing_secret(credential: AgencyCredential | None) -> str:
    """What we show the agency; empty when it has given us nothing."""
    if credential is None or not credential.outgoing_secret_primary:
        return ""
    place = _secret_place(credential.agency_id, "outgoing")
    return decrypt(credential.outgoing_secret_primary, bound_to=place).decode()
