"""How often the search has a right service first, and among its first three.

    .venv/bin/python -m benchmarks.search_quality [--queries FILE.tsv] [--catalogue demo|services.csv]

A line of the queries is: query ⇥ regular expression on the Thai name of a right service; after a further tab it may say
what it tests. Runs on a database of its own that is thrown away. Prints the misses and ends with one JSON line,
which has them, too.
"""

import argparse
import json
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from benchmarks.own_system import own_system

_FIRST = 3
_BAR = 0.95


@dataclass(frozen=True, slots=True)
class Query:
    typed: str
    expected: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Answer:
    query: Query
    names: list[str]
    milliseconds: float

    def is_right(self, among: int) -> bool:
        return any(self.query.expected.search(name) for name in self.names[:among])


def read_queries(path: Path) -> list[Query]:
    """The queries of the file; lines without a tab or beginning with # are left out."""
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    pairs = [line.split("\t") for line in lines if "\t" in line and not line.startswith("#")]
    return [Query(typed, re.compile(expected.strip())) for typed, expected, *_ in pairs]


def load(catalogue: str) -> None:
    """Migrates, and loads the demo catalogue, or a national list as CSV with the demo's alias table."""
    from django.core.management import call_command
    from django.db import connection

    from services_catalog.services.demo_catalogue import aliases_load, demo_catalogue_load
    from services_catalog.services.moving.national_list import read_services_csv, services_import

    call_command("migrate", verbosity=0)
    if catalogue == "demo":
        demo_catalogue_load()
    else:
        aliases_load()
        services_import(read_services_csv(Path(catalogue)))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def ask(queries: list[Query]) -> list[Answer]:
    """Each query's first names and how long they took, after one query to warm up."""
    from services_catalog.models import Service
    from services_catalog.search import search

    services = Service.objects.only("name_th", "code")
    list(search(services, "ทดสอบ")[:_FIRST])
    answers = []
    for query in queries:
        start = time.perf_counter()
        names = [service.name_th for service in search(services, query.typed)[:_FIRST]]
        answers.append(Answer(query, names, (time.perf_counter() - start) * 1000))
    return answers


def report(answers: list[Answer]) -> bool:
    """Prints misses and figures; whether the bar holds."""
    from superapp.sandbox.journey.figures import Bar, figures_line

    misses = [answer for answer in answers if not answer.is_right(_FIRST)]
    for answer in misses:
        found = " / ".join(answer.names) or "nothing"
        print(f"miss: {answer.query.typed}  wanted {answer.query.expected.pattern}  got {found}")
    times = [answer.milliseconds for answer in answers]
    figures = {
        "success_at_1": round(sum(answer.is_right(1) for answer in answers) / len(answers), 4),
        "success_at_3": round(1 - len(misses) / len(answers), 4),
        "count": len(answers),
        "median_ms": round(median(times), 1),
        "p95_ms": round(quantiles(times, n=20)[-1], 1) if len(times) > 1 else round(times[0], 1),
    }
    line, ok = figures_line("search", figures, {"success_at_3": Bar(_BAR, "at_least")})
    told = [
        {"query": miss.query.typed, "expected": miss.query.expected.pattern, "found": miss.names} for miss in misses
    ]
    print(json.dumps(json.loads(line) | {"misses": told}, ensure_ascii=False))
    return ok


def main() -> int:
    """Exit status 0 when the bar holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--queries", type=Path, default=Path(__file__).with_name("search_queries.tsv"))
    parser.add_argument("--catalogue", default="demo", help="demo, or the path of a services.csv")
    options = parser.parse_args()
    queries = read_queries(options.queries)
    if not queries:
        parser.error(f"{options.queries} has no line of query ⇥ regular expression")
    with own_system():
        load(options.catalogue)
        return 0 if report(ask(queries)) else 1


if __name__ == "__main__":
    sys.exit(main())
