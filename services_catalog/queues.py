"""Every queue and every task, each named once."""

from enum import StrEnum


class Queue(StrEnum):
    """What a worker can be told to consume."""

    DELIVERY = "delivery"
    MAINTENANCE = "maintenance"
    NOTIFICATIONS = "notifications"
    # Calls to identity providers: a slow one must not keep the sweep waiting.
    IDENTITY = "identity"


DRAIN_LANE = "service_requests.drain_lane"
DRAIN_LANES = "service_requests.drain_lanes"
SWEEP = "service_requests.sweep"
FORGET_IDEMPOTENCY_KEYS = "service_requests.forget_old_idempotency_keys"
FORGET_AGENCY_EVENTS = "service_requests.forget_old_agency_events"
FORGET_DRAFTS = "service_requests.forget_expired_drafts"
ARCHIVE_REQUESTS = "service_requests.archive_requests"
RECONCILE = "service_requests.reconcile"
COMPUTE_USUAL_TIMES = "service_requests.compute_usual_times"
NOTIFY_PENDING = "notifications.notify_pending"
NOTIFY_IDENTITY_EVENTS = "notifications.notify_identity_events"
CHECK_LINKS = "catalogue.check_links"
FORGET_EXPIRED_SIGN_INS = "identity.forget_expired"
ERASE_SUCCESSORS = "identity.erase_successors"
RESTORE_REVOCATIONS = "identity.restore_revocations"
ASK_CONSENT_REQUEST = "identity.ask_consent_request"
ASK_DUE_CONSENT_REQUESTS = "identity.ask_due_consent_requests"
END_PROVIDER_SESSION = "identity.end_provider_session"
END_DUE_PROVIDER_SESSIONS = "identity.end_due_provider_sessions"
CONTINUE_IMPORTS = "catalogue.continue_imports"

ROUTES: dict[str, Queue] = {
    DRAIN_LANE: Queue.DELIVERY,
    DRAIN_LANES: Queue.DELIVERY,
    SWEEP: Queue.MAINTENANCE,
    FORGET_IDEMPOTENCY_KEYS: Queue.MAINTENANCE,
    FORGET_AGENCY_EVENTS: Queue.MAINTENANCE,
    FORGET_DRAFTS: Queue.MAINTENANCE,
    ARCHIVE_REQUESTS: Queue.MAINTENANCE,
    RECONCILE: Queue.MAINTENANCE,
    COMPUTE_USUAL_TIMES: Queue.MAINTENANCE,
    NOTIFY_PENDING: Queue.NOTIFICATIONS,
    NOTIFY_IDENTITY_EVENTS: Queue.NOTIFICATIONS,
    CHECK_LINKS: Queue.MAINTENANCE,
    FORGET_EXPIRED_SIGN_INS: Queue.MAINTENANCE,
    ERASE_SUCCESSORS: Queue.MAINTENANCE,
    RESTORE_REVOCATIONS: Queue.MAINTENANCE,
    ASK_CONSENT_REQUEST: Queue.IDENTITY,
    ASK_DUE_CONSENT_REQUESTS: Queue.IDENTITY,
    END_PROVIDER_SESSION: Queue.IDENTITY,
    END_DUE_PROVIDER_SESSIONS: Queue.IDENTITY,
    CONTINUE_IMPORTS: Queue.MAINTENANCE,
}
