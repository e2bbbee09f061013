"""The national list in the background: a job is a row, and its progress is written with what it tells of.

Each batch is one transaction under the job's lock. A worker that is killed loses its batch and nothing else; the beat
finds the job again, so messages are only hints (architecture, rule 1).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from django.utils import timezone

from services_catalog.models import ImportJob, Officer
from services_catalog.queues import CONTINUE_IMPORTS
from services_catalog.services.audit import acting
from services_catalog.services.moving.national_list import BATCH, ImportSummary, Row, batch_import, parse_services_csv
from services_catalog.services.operator_actions import doer_of

logger = structlog.get_logger(__name__)

MAX_BYTES = 20 * 1024 * 1024
_State = ImportJob.State
_UNFINISHED = [_State.WAITING, _State.RUNNING]
_PROGRESS = ["state", "done", "created", "updated", "unchanged", "agencies_created", "refused", "finished_at"]
# A turn leaves the worker to others after this long, and sends itself again.
_TURN = timedelta(seconds=5)


def import_job_create(*, content: bytes, file_name: str, by: Officer) -> ImportJob:
    """Has the file taken in by the workers. Raises NotTheList."""
    rows = parse_services_csv(content, file_name)
    job = ImportJob.objects.create(officer=by, file_name=file_name[:200], content=content, total=len(rows))
    transaction.on_commit(_nudge, robust=True)
    return job


def import_job_cancel(job_id: UUID) -> bool:
    """Leaves in what is in already, and stops; False where it had ended before."""
    unfinished = ImportJob.objects.filter(pk=job_id, state__in=_UNFINISHED)
    return bool(unfinished.update(state=_State.CANCELLED, content=None, finished_at=timezone.now()))


def imports_continue() -> None:
    """Takes in batch after batch of the oldest job, for a turn."""
    until = timezone.now() + _TURN
    parsed = _Parsed()
    while _next_batch(parsed):
        if timezone.now() >= until:
            _nudge()
            return


@dataclass(slots=True)
class _Parsed:
    """The rows of the job that this turn read last: its file does not change."""

    job_id: UUID | None = None
    rows: list[Row] | None = None

    def of(self, job: ImportJob) -> list[Row]:
        if self.rows is None or self.job_id != job.pk:
            self.job_id, self.rows = job.pk, parse_services_csv(bytes(job.content or b""), job.file_name)
        return self.rows


@transaction.atomic
def _next_batch(parsed: _Parsed) -> bool:
    """False when there was nothing to do, or another worker is at it."""
    job = (
        ImportJob.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(state__in=_UNFINISHED)
        .select_related("officer")
        .order_by("created_at")
        .defer("content")
        .first()
    )
    if job is None:
        return False
    summary = ImportSummary()
    with acting(doer_of(job.officer)):
        batch_import(parsed.of(job), job.done, summary)
    _write_progress(job, summary)
    return True


def _write_progress(job: ImportJob, summary: ImportSummary) -> None:
    job.done = min(job.done + BATCH, job.total)
    job.created += len(summary.created)
    job.updated += len(summary.updated)
    job.unchanged += len(summary.unchanged)
    job.agencies_created += summary.agencies_created
    job.refused += [list(one) for one in summary.refused]
    job.state = _State.RUNNING
    if job.done >= job.total:
        job.state, job.content, job.finished_at = _State.DONE, None, timezone.now()
    # The file is written no more than once.
    job.save(update_fields=[*_PROGRESS, *(["content"] if job.is_finished else [])])


def _nudge() -> None:
    """A hint to the workers; without it the beat comes within seconds."""
    send: Callable[..., object] = current_app.send_task
    try:
        send(CONTINUE_IMPORTS, expires=60, retry=True, retry_policy={"max_retries": 0})
    except Exception as error:  # noqa: BLE001  (each transport has its own errors)
        logger.warning("import_nudge_failed", error=type(error).__name__)
