from celery import shared_task

from citizens.identity import sign_in
from services_catalog.queues import FORGET_EXPIRED_SIGN_INS


@shared_task(name=FORGET_EXPIRED_SIGN_INS)
def forget_expired() -> None:
    sign_in.forget_expired()
