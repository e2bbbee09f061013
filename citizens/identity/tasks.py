from celery import shared_task

from citizens.identity import refreshing, revocation, sign_in
from services_catalog.queues import ERASE_SUCCESSORS, FORGET_EXPIRED_SIGN_INS, RESTORE_REVOCATIONS


@shared_task(name=FORGET_EXPIRED_SIGN_INS)
def forget_expired() -> None:
    sign_in.forget_expired()


@shared_task(name=RESTORE_REVOCATIONS)
def restore_revocations() -> None:
    revocation.revocations_restore()


@shared_task(name=ERASE_SUCCESSORS)
def erase_successors() -> None:
    refreshing.successors_erase()
