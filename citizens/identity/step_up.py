"""Asking for a stronger sign-in (RFC 9470): what is wanted, and which digital IDs can prove it."""

from decimal import Decimal

from citizens.identity.problems import STRONGER_SIGN_IN_NEEDED
from citizens.identity.providers.registry import reaching
from services_catalog.languages import Text
from services_catalog.problems import Problem

_NOBODY_REACHES = Text(
    "บริการนี้ต้องใช้การยืนยันตัวตนในระดับที่สูงกว่า แต่ขณะนี้ไม่มีผู้ให้บริการยืนยันตัวตนที่เปิดใช้งานในระดับนั้น กรุณาลองใหม่ภายหลัง",
    "This service needs a stronger proof of identity than you signed in with, and no digital ID that is available now "
    "reaches it. Please try again later.",
)


def stronger_sign_in_needed(ial: Decimal, aal: Decimal) -> Problem:
    """401 with the levels that are wanted and the providers that reach them, in the order that staff gave them.

    No `max_age`: a service asks for levels and not for a sign-in that is fresh.
    """
    providers = reaching(ial, aal)
    challenge = f'Bearer error="insufficient_user_authentication", acr_values="ial{ial} aal{aal}"'
    return Problem(
        STRONGER_SIGN_IN_NEEDED,
        detail=None if providers else _NOBODY_REACHES,
        headers={"WWW-Authenticate": challenge},
        extensions={
            "required": {"ial": str(ial), "aal": str(aal)},
            "providers": [
                {
                    "code": one.code,
                    "name": one.name.as_dict(),
                    "reaches": {"ial": str(one.max_ial), "aal": str(one.max_aal)},
                }
                for one in providers
            ],
        },
    )
