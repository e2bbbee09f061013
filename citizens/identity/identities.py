"""What a citizen sees of themselves and of their digital IDs, and unlinking one."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from citizens.identity.claims import open_claims, open_national_id
from citizens.identity.consent_requests.finish import consent_requests_cancel
from citizens.identity.devices import Device
from citizens.identity.events import identity_event_write
from citizens.identity.linking import claims_renew, held_forget
from citizens.identity.locking import citizen_lock
from citizens.identity.problems import LAST_IDENTITY, RECENT_SIGN_IN_NEEDED
from citizens.identity.sessions import session_end
from citizens.models import Citizen, HeldIdentity, IdentityEvent, LinkedIdentity, Session
from services_catalog.languages import Text
from services_catalog.national_id import masked
from services_catalog.problems import NOT_FOUND, Problem

# How long ago whoever unlinks may have proved who they are.
RECENTLY = timedelta(minutes=15)

_WHAT_NEXT = {
    HeldIdentity.Decision.WAITING: Text(
        "ข้อมูลจากบัญชีนี้ไม่ตรงกับบัญชีที่คุณเชื่อมไว้ เจ้าหน้าที่กำลังตรวจสอบ ระหว่างนี้ใช้บัญชีที่เชื่อมไว้แล้วได้ตามปกติ "
        "หากข้อมูลที่ผู้ให้บริการนี้ผิด กรุณาแก้ไขกับผู้ให้บริการแล้วเข้าสู่ระบบอีกครั้ง",
        "What this ID says differs from the IDs you have linked, and our staff are looking at it. Until then go on "
        "using those you have linked. If this provider has wrong data, have the provider correct it and sign in again.",
    ),
    HeldIdentity.Decision.REFUSED: Text(
        "เจ้าหน้าที่ไม่รับบัญชีนี้เพราะข้อมูลไม่ตรงกัน กรุณาแก้ไขข้อมูลกับผู้ให้บริการแล้วเข้าสู่ระบบอีกครั้ง หรือใช้บัญชีที่เชื่อมไว้แล้ว",
        "Our staff did not accept this ID, because its data differ. Have the provider correct them and sign in again, "
        "or use an ID that you have linked.",
    ),
}


@dataclass(frozen=True, slots=True)
class Myself:
    """`names` has those claims of `given_name_th`, `family_name_th` and `title_th` that are known."""

    id: UUID
    national_id: str
    names: dict[str, str]


def myself(citizen_id: UUID) -> Myself:
    """Raises Problem NOT_FOUND."""
    citizen = Citizen.objects.filter(pk=citizen_id).first()
    if citizen is None:
        raise Problem(NOT_FOUND)
    claims = open_claims(citizen)
    names = {name: claims.get(name, "") for name in ("title_th", "given_name_th", "family_name_th")}
    return Myself(citizen.pk, masked(open_national_id(citizen)), names)


def linked_identities(citizen_id: UUID) -> list[LinkedIdentity]:
    return list(LinkedIdentity.objects.filter(citizen=citizen_id).order_by("linked_at"))


def held_identities(citizen_id: UUID) -> list[HeldIdentity]:
    """Those that wait, and of providers that have neither waiting nor linked ones what was refused last."""
    linked = LinkedIdentity.objects.filter(citizen=citizen_id).values("provider")
    told = HeldIdentity.objects.filter(citizen=citizen_id).exclude(decision=HeldIdentity.Decision.ACCEPTED)
    latest = told.exclude(decision=HeldIdentity.Decision.REFUSED, provider__in=linked)
    # "waiting" comes after "refused", and one of each provider is kept.
    return list(latest.order_by("provider", "-decision", "-id").distinct("provider"))


def what_next(held: HeldIdentity) -> Text:
    return _WHAT_NEXT[HeldIdentity.Decision(held.decision)]


@transaction.atomic
def identity_unlink(*, citizen_id: UUID, session_id: UUID, provider: str, device: Device) -> None:
    """Forgets the provider's account, and another one of it that is held; ends the sessions that were opened by it, but
    for the one that asks.

    Sign-ins by it that have begun before come to nothing, answered or not (linking.is_unlinked_since).

    Raises Problem: NOT_FOUND, LAST_IDENTITY, RECENT_SIGN_IN_NEEDED when whoever asks proved themselves too long ago.
    The account is linked again when somebody signs in with it anew, as any account that comes with the number.
    """
    if not Session.objects.filter(
        pk=session_id, citizen=citizen_id, ended_at=None, authenticated_at__gte=timezone.now() - RECENTLY
    ).exists():
        raise _recent_sign_in_needed()
    citizen = citizen_lock(citizen_id)
    linked = citizen.identities.filter(provider=provider)
    if not linked.exists():
        raise Problem(NOT_FOUND)
    if citizen.identities.count() == 1:
        raise Problem(LAST_IDENTITY)
    linked.delete()
    held_forget(citizen, provider)
    claims_renew(citizen)
    identity_event_write(citizen_id, IdentityEvent.Kind.UNLINKED, provider=provider, device=device)
    consent_requests_cancel(national_id=open_national_id(citizen), provider=provider)
    _end_sessions(citizen, provider, keep=session_id)


def _end_sessions(citizen: Citizen, provider: str, *, keep: UUID) -> None:
    opened = Session.objects.filter(citizen=citizen, provider=provider, ended_at=None).exclude(pk=keep)
    for session_id in opened.values_list("pk", flat=True):
        session_end(session_id, Session.EndedBecause.UNLINKED)


def _recent_sign_in_needed() -> Problem:
    """As RFC 9470 asks for a sign-in that is not older than so many seconds."""
    seconds = int(RECENTLY.total_seconds())
    challenge = f'Bearer error="insufficient_user_authentication", max_age="{seconds}"'
    return Problem(RECENT_SIGN_IN_NEEDED, headers={"WWW-Authenticate": challenge}, extensions={"max_age": seconds})
