"""Plain Celery on our broker, as its guides would have it for many short tasks that wait for others."""

import os

from celery import Celery

QUEUE = "plain_deliveries"
# Workers begin here and take the other queue when they are told to.
IDLE_QUEUE = "plain_idle"

app = Celery("plain", broker=os.environ["CELERY_BROKER_URL"], include=["benchmarks.peers.celery_tasks"])
app.conf.update(
    task_ignore_result=True,
    # More than one task on its way to each thread: "many short tasks" in Celery's guide to optimising.
    worker_prefetch_multiplier=8,
    broker_connection_retry_on_startup=True,
    # Each thread keeps its database connection.
    CELERY_DB_REUSE_MAX=10**9,
)
