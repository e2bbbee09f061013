"""Celery is the muscle: what is due is a row, a message is only a hint (architecture, rule 1)."""

from datetime import timedelta

from kombu import Exchange
from kombu import Queue as BrokerQueue

from services_catalog.queues import ROUTES, Queue

from .environment import env, required

CELERY_BROKER_URL = required("CELERY_BROKER_URL")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_CREATE_MISSING_QUEUES = False
_EXCHANGE = Exchange("superapp", type="topic")
CELERY_TASK_QUEUES = [
    BrokerQueue(queue.value, _EXCHANGE, routing_key=queue.value, queue_arguments={"x-queue-type": "quorum"})
    for queue in Queue
]
CELERY_TASK_DEFAULT_QUEUE = Queue.MAINTENANCE.value
CELERY_TASK_ROUTES = {task: {"queue": queue.value} for task, queue in ROUTES.items()}
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# A dead broker must cost the web process no more than a blink (rule 1).
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        # Messages are hints, so Redis need not keep unacknowledged ones. Where it does, a worker that has one when
        # the broker dies ends for good (kombu 5.7: "'NoneType' object has no attribute 'hostname'").
        "ack_emulation": False,
        "socket_timeout": env.float("BROKER_SOCKET_TIMEOUT", 10.0),
        "socket_connect_timeout": env.float("BROKER_SOCKET_TIMEOUT", 10.0),
    }
    if CELERY_BROKER_URL.startswith("redis")
    else {
        "confirm_publish": True,
        "connect_timeout": env.float("BROKER_SOCKET_TIMEOUT", 10.0),
        "read_timeout": env.float("BROKER_SOCKET_TIMEOUT", 10.0),
        "write_timeout": env.float("BROKER_SOCKET_TIMEOUT", 10.0),
    }
)
# One connection per worker process, kept over this many tasks.
CELERY_DB_REUSE_MAX = 1000
CELERY_TIMEZONE = "UTC"


def _every(seconds: float, task: str) -> dict[str, object]:
    """A beat entry whose message dies before the next one is sent: a stopped worker finds no heap of them."""
    return {"task": task, "schedule": timedelta(seconds=seconds), "options": {"expires": seconds}}


CELERY_BEAT_SCHEDULE = {
    "sweep": _every(1, "service_requests.sweep"),
    "notify": _every(1, "notifications.notify_pending"),
    "notify-identity-events": _every(2, "notifications.notify_identity_events"),
    "restore-revocations": _every(5, "identity.restore_revocations"),
    "erase-successors": _every(30, "identity.erase_successors"),
    "ask-consent-requests": _every(2, "identity.ask_due_consent_requests"),
    "end-provider-sessions": _every(30, "identity.end_due_provider_sessions"),
    "forget-sign-ins": _every(3600, "identity.forget_expired"),
    "forget-idempotency-keys": _every(3600, "service_requests.forget_old_idempotency_keys"),
    "forget-agency-events": _every(3600, "service_requests.forget_old_agency_events"),
    "forget-drafts": _every(3600, "service_requests.forget_expired_drafts"),
    "reconcile": _every(15 * 60, "service_requests.reconcile"),
    "compute-usual-times": _every(3600, "service_requests.compute_usual_times"),
    "continue-imports": _every(5, "catalogue.continue_imports"),
    "archive-requests": _every(24 * 3600, "service_requests.archive_requests"),
    "check-links": _every(7 * 24 * 3600, "catalogue.check_links"),
}
