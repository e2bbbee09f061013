"""Providers as platform staff change them."""

from django.db import transaction

from citizens.identity.providers.secret import secret_seal
from citizens.identity.revocation import provider_switched_off, provider_switched_on
from citizens.models import IdentityProvider


@transaction.atomic
def identity_provider_save(*, row: IdentityProvider, new_secret: str = "") -> None:
    """Writes the row. Without a new secret the one that is there stays, unless a variable is named instead.

    There is one primary provider: it is taken from the other. Tokens of a provider end when it is switched off.
    """
    kept = {one.code: one for one in IdentityProvider.objects.select_for_update().order_by("code")}
    if row.is_primary:
        IdentityProvider.objects.filter(is_primary=True).exclude(code=row.code).update(is_primary=False)
    if row.secret_variable:
        row.secret_encrypted = None
    elif new_secret:
        row.secret_encrypted = secret_seal(row.code, new_secret)
    row.save()
    was_on = row.code in kept and kept[row.code].is_on
    if was_on and not row.is_on:
        provider_switched_off(row.code)
    if row.is_on and not was_on:
        provider_switched_on(row.code)
