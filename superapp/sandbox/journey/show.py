"""What a person wants to see of the journey, in Thai and English."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from services_catalog.models import Service
from superapp.sandbox.journey.one_citizen import SignedIn
from superapp.sandbox.people import Person

_BANGKOK = ZoneInfo("Asia/Bangkok")
_BUDDHIST_OFFSET = 543


def catalogue_summary(console: Console, services: Sequence[Service]) -> None:
    table = Table(title="บริการที่เปิดใช้ · Live services", title_justify="left")
    table.add_column("กระทรวง · Ministry")
    table.add_column("หน่วยงาน · Agencies", justify="right")
    table.add_column("บริการ · Services", justify="right")
    by_ministry: dict[str, list[Service]] = {}
    for service in services:
        names = filter(None, [service.agency.ministry_th, service.agency.ministry_en])
        by_ministry.setdefault(" · ".join(names), []).append(service)
    for ministry, offered in sorted(by_ministry.items(), key=lambda item: -len(item[1])):
        table.add_row(ministry, str(len({one.agency_id for one in offered})), str(len(offered)))
    console.print(table)


def search_results(console: Console, query: str, results: Sequence[Mapping[str, Any]]) -> None:
    table = Table(title=f"ค้นหา · Search: {query}", title_justify="left")
    for heading in ("รหัส · Code", "ชื่อ · Name", "หน่วยงาน · Agency"):
        table.add_column(heading)
    for one in results:
        names = filter(None, [one["name"]["th"], one["name"]["en"]])
        table.add_row(one["code"], "\n".join(names), one["agency"]["name"]["th"])
    console.print(table)


def one_citizen(console: Console, person: Person, shown: Sequence[SignedIn]) -> None:
    """The same list of requests, whichever digital ID the person came with."""
    table = Table(
        title=f"คนเดียว หลายดิจิทัลไอดี · One citizen, several digital IDs\n{person.name_th}", title_justify="left"
    )
    for heading in ("เข้าสู่ระบบด้วย · Signed in with", "ประชาชน · Citizen", "คำขอของฉัน · My requests"):
        table.add_column(heading)
    for one in shown:
        table.add_row(one.provider, one.citizen, ", ".join(one.receipts))
    console.print(table)


def timeline(console: Console, service_request: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> None:
    """One whole timeline."""
    service = service_request["service"]["name"]
    table = Table(title=f"{service_request['receipt_number']}  {service['th']}\n{service['en']}", title_justify="left")
    for heading in ("เวลา · Time", "สถานะ", "Status", "รายละเอียด · Details"):
        table.add_column(heading)
    for event in events:
        milestone = event["milestone"]
        table.add_row(
            thai_time(event["occurred_at"]),
            event["status_name"]["th"],
            event["status_name"]["en"],
            "\n".join(filter(None, [milestone["th"], milestone["en"]])),
        )
    console.print(table)
    console.print(f"  {service_request['next_step']['th']}\n  {service_request['next_step']['en']}\n")


def journeys(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each request's timeline on a line of its own."""
    table = Table(title="คำขอทั้งหมด · All requests", title_justify="left")
    table.add_column("เลขที่รับ · Receipt", no_wrap=True)
    table.add_column("ลำดับสถานะ · Timeline")
    table.add_column("ส่ง · Attempts", justify="right")
    table.add_column("วินาที · Seconds", justify="right")
    for row in rows:
        table.add_row(row["receipt_number"], " → ".join(row["statuses"]), str(row["attempts"]), f"{row['seconds']:.1f}")
    console.print(table)


def thai_time(moment: str) -> str:
    """`22 11 2569 08:15:03` in Bangkok: the Buddhist year is for display only."""
    local = datetime.fromisoformat(moment).astimezone(_BANGKOK)
    return f"{local.day}/{local.month}/{local.year + _BUDDHIST_OFFSET} {local:%H:%M:%S}"
