"""How long the national list takes to come in, as the workers take it in after an upload in the admin, and again.

.venv/bin/python -m benchmarks.import_list PATH     the path of a services.csv
"""

import argparse
import sys
import time
from pathlib import Path

from benchmarks.own_system import own_system

_BAR_SECONDS = 60.0


def take_in(content: bytes) -> tuple[float, dict[str, int]]:
    """Seconds from the upload to the end, and what the job counted."""
    from services_catalog.models import ImportJob, Officer
    from services_catalog.services.moving.jobs import import_job_create, imports_continue

    officer, _ = Officer.objects.get_or_create(username="benchmark", is_staff=True, is_superuser=True)
    start = time.perf_counter()
    job = import_job_create(content=content, file_name="services.csv", by=officer)
    while not job.is_finished:
        imports_continue()
        job = ImportJob.objects.get(pk=job.pk)
    seconds = time.perf_counter() - start
    counts = {name: getattr(job, name) for name in ("total", "created", "updated", "unchanged", "agencies_created")}
    return seconds, counts | {"refused": len(job.refused)}


def main() -> int:
    """Exit status 0 when the bar holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("path", type=Path)
    content = parser.parse_args().path.read_bytes()
    with own_system():
        from django.core.management import call_command

        from superapp.sandbox.journey.figures import Bar, figures_line

        call_command("migrate", verbosity=0)
        first, counts = take_in(content)
        again, counts_again = take_in(content)
        figures = {
            "import_seconds": round(first, 1),
            "again_seconds": round(again, 1),
            **counts,
            "again_changed": counts_again["created"] + counts_again["updated"],
        }
        bars = {"import_seconds": Bar(_BAR_SECONDS, "at_most"), "again_changed": Bar(0, "at_most")}
        line, ok = figures_line("import_list", figures, bars)
        print(line)
        return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
