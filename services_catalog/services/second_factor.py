"""The second factor of officers: an authenticator app (TOTP, RFC 6238), and recovery codes for when it is lost."""

from django.db import transaction
from django_otp.models import Device
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from services_catalog.models import Officer

RECOVERY_CODES = 10


def has_second_factor(officer: Officer) -> bool:
    return bool(TOTPDevice.objects.filter(user=officer, confirmed=True).exists())


@transaction.atomic
def second_factor_begin(*, officer: Officer) -> TOTPDevice:
    """A new secret for an authenticator app; it lets nobody in before a code confirms it.

    One that was shown before is forgotten: somebody else may have seen it.
    """
    locked = Officer.objects.select_for_update().get(pk=officer.pk)
    TOTPDevice.objects.filter(user=locked, confirmed=False).delete()
    return TOTPDevice.objects.create(user=locked, name="app", confirmed=False)


def second_factor_begun(*, officer: Officer) -> TOTPDevice | None:
    """The secret that was shown last and that no code has confirmed yet."""
    return TOTPDevice.objects.filter(user=officer, confirmed=False).first()


@transaction.atomic
def second_factor_confirm(*, officer: Officer, code: str) -> tuple[TOTPDevice, list[str]] | None:
    """The device and its recovery codes, which nobody can read again. None when the code is wrong or comes too soon."""
    # Whoever knows the password alone cannot add an app to the one there is.
    locked = Officer.objects.select_for_update().get(pk=officer.pk)
    device = TOTPDevice.objects.select_for_update().filter(user=locked, confirmed=False).first()
    if device is None or has_second_factor(locked) or not device.verify_token(code):
        return None
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    StaticDevice.objects.filter(user=locked).delete()
    recovery = StaticDevice.objects.create(user=locked, name="recovery")
    codes = [StaticToken.random_token() for _number in range(RECOVERY_CODES)]
    recovery.token_set.bulk_create(StaticToken(device=recovery, token=one) for one in codes)
    return device, codes


@transaction.atomic
def second_factor_verify(*, officer: Officer, code: str) -> Device | None:
    """The device that the code is of: six digits are the app's, anything else a recovery code, which works once.

    Wrong codes make the device refuse all codes for 1, 2, 4 … seconds (django-otp).
    """
    kind = TOTPDevice if code.isascii() and code.isdecimal() and len(code) == 6 else StaticDevice
    device = kind.objects.select_for_update().filter(user=officer, confirmed=True).first()
    return device if device is not None and device.verify_token(code) else None


def recovery_codes_left(*, officer: Officer) -> int:
    return int(StaticToken.objects.filter(device__user=officer).count())


@transaction.atomic
def second_factor_reset(*, officer: Officer) -> None:
    """The officer sets up another one at the next sign-in; who is signed in now must do so at once."""
    TOTPDevice.objects.filter(user=officer).delete()
    StaticDevice.objects.filter(user=officer).delete()
