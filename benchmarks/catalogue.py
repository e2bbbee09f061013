"""The public catalogue beside a bare view, and the search beside plain ILIKE.

    .venv/bin/python -m benchmarks.catalogue [--real-list services.csv]

The HTTP legs are served by the same web processes, one after the other: a view of the same project and middleware that
answers a constant small JSON, the list of 300 services to a phone that has it (304), and the same list whole, as a
phone takes it (compressed). Legs alternate; the medians of the rounds count.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks.own_system import own_system
from benchmarks.product import start_web
from benchmarks.search_quality import read_queries
from superapp.embedded.stack import Stack

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from services_catalog.models import Service

    Find = Callable[[str], QuerySet[Service]]

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 5
ROUND_SECONDS = 3.0
CONNECTIONS = 16
_MOST = 50
_LIST = "/api/v1/services?page_size=300"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--real-list", type=Path, help="services.csv of the national list, searched as well")
    options = parser.parse_args()
    with own_system() as state:
        return _run(state, options.real_list)


def _run(state: Path, real_list: Path | None) -> int:
    from superapp.sandbox.journey.figures import Bar, figures_line
    from superapp.sandbox.journey.system import free_ports, load_catalogue

    ports = free_ports()
    load_catalogue("demo", ports)
    _analyse()
    figures: dict[str, float | int] = {}
    with Stack(state / "logs", os.environ) as stack:
        start_web(stack, ports.web)
        figures |= _http(ports.web)
    figures |= _search("demo", _demo_services())
    figures |= _search_real_list(real_list)
    bars = {"conditional_ratio": Bar(0.8, "at_least"), "list_ratio": Bar(0.4, "at_least")}
    line, ok = figures_line("catalogue", figures, bars)
    print(line)
    return 0 if ok else 1


def _http(port: int) -> dict[str, float | int]:
    """Answers per second of each leg, and the ratios."""
    from benchmarks.load import Work, measure

    legs = {
        "bare": (_get(port, "/bare/constant"), 200),
        "conditional": (_get(port, _LIST, f"If-None-Match: {_etag(port)}"), 304),
        "list": (_get(port, _LIST, "Accept-Encoding: br, gzip"), 200),
    }
    per_second: dict[str, list[float]] = {name: [] for name in legs}
    for number in range(-1, ROUNDS):  # the first round warms up
        for name, (request, status) in legs.items():
            measured = measure(Work(port, [request] * CONNECTIONS, CONNECTIONS, ROUND_SECONDS, status))
            if measured.wrong:
                raise SystemExit(f"{name}: {measured.wrong} answers were not {status}")
            print(f"round {number}: {name:<12} {measured.per_second:8.0f} /s   median {measured.median_ms:.1f} ms")
            if number >= 0:
                per_second[name].append(measured.per_second)
    medians = {name: median(found) for name, found in per_second.items()}
    return {
        "conditional_ratio": round(medians["conditional"] / medians["bare"], 3),
        "list_ratio": round(medians["list"] / medians["bare"], 3),
        **{f"{name}_per_second": round(found) for name, found in medians.items()},
    }


def _get(port: int, path: str, *headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "", ""]
    return "\r\n".join(lines).encode()


def _etag(port: int) -> str:
    import httpx2

    answer = httpx2.get(f"http://127.0.0.1:{port}{_LIST}")
    if len(answer.json()["results"]) != 300:
        raise SystemExit("the list is not of 300 services")
    etag: str = answer.headers["ETag"]
    return etag


def _search_real_list(path: Path | None) -> dict[str, float | int]:
    """The same over the national list; without one `real_services` is 0 and there are no times."""
    from services_catalog.models import Service
    from services_catalog.services.moving.national_list import read_services_csv, services_import

    if path is None:
        print("the national list was left out: name one with --real-list")
        return {"real_services": 0}
    services_import(read_services_csv(path))
    _analyse()
    return _search("real", lambda: Service.objects.exclude(source_status=""))


def _demo_services() -> Callable[[], "QuerySet[Service]"]:
    from services_catalog.models import Service

    return Service.objects.published


def _search(name: str, services: Callable[[], "QuerySet[Service]"]) -> dict[str, float | int]:
    """Milliseconds of the everyday queries of `search_queries.tsv`, by our search and by plain ILIKE."""
    from services_catalog.search import search

    typed = [query.typed for query in read_queries(ROOT / "benchmarks" / "search_queries.tsv")]
    ways: dict[str, Find] = {
        "search": lambda query: search(services(), query),
        "ilike": lambda query: _ilike(services(), query),
    }
    figures: dict[str, float | int] = {f"{name}_services": services().count(), f"{name}_queries": len(typed)}
    for way, find in ways.items():
        list(find(typed[0])[:_MOST])
        times = [_milliseconds(find, query) for query in typed]
        figures[f"{name}_{way}_median_ms"] = round(median(times), 1)
        figures[f"{name}_{way}_p95_ms"] = round(quantiles(times, n=20)[-1], 1)
    return figures


def _ilike(services: "QuerySet[Service]", query: str) -> "QuerySet[Service]":
    """What one would write without a search: the text as typed, somewhere in a name or the description."""
    from django.db.models import Q

    places = ("name_th", "name_en", "description_th", "description_en")
    condition = Q()
    for place in places:
        condition |= Q(**{f"{place}__icontains": query})
    return services.filter(condition).order_by("code")


def _milliseconds(find: "Find", query: str) -> float:
    started = time.perf_counter()
    list(find(query)[:_MOST])
    return (time.perf_counter() - started) * 1000


def _analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    sys.exit(main())
