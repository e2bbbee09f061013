"""Procrastinate: a task that makes the call. Run as a program it is one worker process."""

import argparse
import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector

from benchmarks.peers.calls import Job, submit

QUEUE = "deliveries"
_BATCH = 1000
_LOOK_SECONDS = 0.005

app = App(connector=PsycopgConnector())


@app.task(name="deliver", queue=QUEUE)
async def deliver(reference: str, url: str, secret: str, body: str) -> str:
    return await asyncio.to_thread(submit, Job(reference, url, secret, body))


def defer(url: str, jobs: Sequence[Job]) -> None:
    """Makes the schema, and one job for each."""
    with app.replace_connector(SyncPsycopgConnector(conninfo=url)) as there, there.open():
        there.schema_manager.apply_schema()
        for first in range(0, len(jobs), _BATCH):
            deliver.batch_defer(*(asdict(job) for job in jobs[first : first + _BATCH]))


async def _work(url: str, calls: int, ready: Path, start: Path) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=calls))
    # A connection for each job that runs, and some for fetching and the heartbeat.
    connector = PsycopgConnector(conninfo=url, min_size=calls + 4, max_size=calls + 4)
    with app.replace_connector(connector):
        async with app.open_async():
            ready.touch()
            while not start.exists():
                await asyncio.sleep(_LOOK_SECONDS)
            await app.run_worker_async(queues=[QUEUE], concurrency=calls)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--database", required=True)
    parser.add_argument("--calls", type=int, required=True)
    parser.add_argument("--ready", type=Path, required=True, help="a file to make once the process could start")
    parser.add_argument("--start", type=Path, required=True, help="a file to wait for")
    options = parser.parse_args()
    asyncio.run(_work(options.database, options.calls, options.ready, options.start))


if __name__ == "__main__":
    main()
