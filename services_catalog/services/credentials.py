"""What agencies and we prove ourselves to each other with."""

import base64
import secrets

from django.db import transaction

from services_catalog.encryption import decrypt, encrypt, fingerprints
from services_catalog.models import Agency, AgencyCredential


def _api_key_fingerprint(api_key: str) -> bytes:
    return _api_key_fingerprints(api_key)[0]


def _api_key_fingerprints(api_key: str) -> list[bytes]:
    return fingerprints(api_key.encode(), purpose="agency-api-key")


def secret_place(agency_id: object, kind: str) -> str:
    return f"agency-credential:{agency_id}:{kind}"


def credential_set_primary(
    *, agency: Agency, api_key: str, callback_secret: str, outgoing_secret: str
) -> AgencyCredential:
    """Replaces the agency's primary API key and secrets; what was primary becomes secondary when it differs."""
    credential, _ = AgencyCredential.objects.get_or_create(agency=agency)
    new_key = _api_key_fingerprint(api_key)
    if credential.api_key_primary and bytes(credential.api_key_primary) in _api_key_fingerprints(api_key):
        return credential
    credential.api_key_secondary = credential.api_key_primary
    credential.callback_secret_secondary = credential.callback_secret_primary
    credential.outgoing_secret_secondary = credential.outgoing_secret_primary
    credential.api_key_primary = new_key
    credential.callback_secret_primary = encrypt(callback_secret.encode(), bound_to=secret_place(agency.pk, "callback"))
    credential.outgoing_secret_primary = encrypt(outgoing_secret.encode(), bound_to=secret_place(agency.pk, "outgoing"))
    credential.save()
    return credential


@transaction.atomic
def credential_renew_api_key(*, agency: Agency) -> str:
    """A new API key, which nobody can read again. The one before goes on working as secondary."""
    credential = _locked(agency)
    api_key = secrets.token_urlsafe(32)
    credential.api_key_secondary = credential.api_key_primary
    credential.api_key_primary = _api_key_fingerprint(api_key)
    credential.save()
    return api_key


@transaction.atomic
def credential_renew_callback_secret(*, agency: Agency) -> str:
    """A new secret that the agency signs with (Standard Webhooks), likewise."""
    credential = _locked(agency)
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    credential.callback_secret_secondary = credential.callback_secret_primary
    credential.callback_secret_primary = encrypt(secret.encode(), bound_to=secret_place(agency.pk, "callback"))
    credential.save()
    return secret


@transaction.atomic
def credential_set_outgoing_secret(*, agency: Agency, secret: str) -> None:
    """What we show the agency's system from now on."""
    credential = _locked(agency)
    credential.outgoing_secret_secondary = credential.outgoing_secret_primary
    credential.outgoing_secret_primary = encrypt(secret.encode(), bound_to=secret_place(agency.pk, "outgoing"))
    credential.save()


@transaction.atomic
def credential_withdraw_former(*, agency: Agency) -> None:
    """The former key and secrets work no more: the agency has changed over, or somebody else knows them."""
    credential = _locked(agency)
    credential.api_key_secondary = credential.callback_secret_secondary = credential.outgoing_secret_secondary = None
    credential.save()


def _locked(agency: Agency) -> AgencyCredential:
    AgencyCredential.objects.get_or_create(agency=agency)
    return AgencyCredential.objects.select_for_update().get(agency=agency)


def credential_by_api_key(api_key: str) -> AgencyCredential | None:
    """The credential whose primary or secondary API key this is."""
    known_as = _api_key_fingerprints(api_key)
    candidates = AgencyCredential.objects.select_related("agency")
    return (
        candidates.filter(api_key_primary__in=known_as).first()
        or candidates.filter(api_key_secondary__in=known_as).first()
    )


def callback_secrets(credential: AgencyCredential) -> list[str]:
    """The secrets an agency may sign status events with, primary first."""
    blobs = [credential.callback_secret_primary, credential.callback_secret_secondary]
    place = secret_place(credential.agency_id, "callback")
    return [decrypt(blob, bound_to=place).decode() for blob in blobs if blob]


def outgoing_secret(credential: AgencyCredential | None) -> str:
    """What we show the agency; empty when it has given us nothing."""
    if credential is None or not credential.outgoing_secret_primary:
        return ""
    place = secret_place(credential.agency_id, "outgoing")
    return decrypt(credential.outgoing_secret_primary, bound_to=place).decode()
