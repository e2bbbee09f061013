"""DBOS: a workflow with one step that makes the call, on a queue. Run as a program it is one worker process."""

import argparse
from collections.abc import Iterable
from pathlib import Path
from threading import Event

import sqlalchemy
from dbos import DBOS, DBOSClient, DBOSConfig

from benchmarks.peers.calls import Job, submit

QUEUE = "deliveries"
_WORKFLOW = "deliver"
_APPLICATION = "peer"
# DBOS looks into a queue once a second unless told otherwise, and takes what there is room for: with 32 calls at a time
# no more than 32 workflows a second in each process.
_POLLING_SECONDS = 0.01


@DBOS.step()
def call_agency(reference: str, url: str, secret: str, body: str) -> str:
    return submit(Job(reference, url, secret, body))


@DBOS.workflow(name=_WORKFLOW)
def deliver(reference: str, url: str, secret: str, body: str) -> str:
    status: str = call_agency(reference, url, secret, body)
    return status


def enqueue(url: str, jobs: Iterable[Job]) -> None:
    """One workflow for each job, on a queue from which nobody may take anything yet."""
    engine = sqlalchemy.create_engine(_sqlalchemy(url))
    client = DBOSClient(system_database_engine=engine, application_name=_APPLICATION)
    client.register_queue(QUEUE, worker_concurrency=0, polling_interval_sec=_POLLING_SECONDS)
    with engine.begin() as transaction:
        for job in jobs:
            client.enqueue_in_transaction(
                transaction,
                {"queue_name": QUEUE, "workflow_name": _WORKFLOW, "workflow_id": job.reference},
                *(job.reference, job.url, job.secret, job.body),
            )
    client.destroy()
    engine.dispose()


def release(url: str, *, calls: int) -> None:
    """From now on each worker process may run `calls` workflows at a time."""
    client = DBOSClient(system_database_url=_sqlalchemy(url), application_name=_APPLICATION)
    queue = client.retrieve_queue(QUEUE)
    assert queue is not None
    queue.set_worker_concurrency(calls)
    client.destroy()


def _sqlalchemy(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--database", required=True)
    parser.add_argument("--executor", required=True)
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--ready", type=Path, required=True, help="a file to make once the workers run")
    options = parser.parse_args()
    config: DBOSConfig = {
        "name": _APPLICATION,
        "system_database_url": _sqlalchemy(options.database),
        "executor_id": options.executor,
        # A connection for each workflow that runs, and some for the queue and the listener.
        "sys_db_pool_size": options.calls + 4,
        "log_level": "WARNING",
    }
    DBOS(config=config)
    DBOS.listen_queues([QUEUE])
    DBOS.launch()
    options.ready.touch()
    Event().wait()


if __name__ == "__main__":
    main()
