"""One run of chaos from an empty system to its figures."""

import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from enum import StrEnum

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from superapp.embedded.stack import Stack
from superapp.sandbox.agencies.ledger import Ledger
from superapp.sandbox.agencies.troublesome import ALL_BEHAVIOURS
from superapp.sandbox.chaos.audit import audit, still_moving
from superapp.sandbox.chaos.characters import OpenService, open_services
from superapp.sandbox.chaos.crowd import Crowd, presses
from superapp.sandbox.chaos.lines import Lines
from superapp.sandbox.chaos.plan import Plan, blows
from superapp.sandbox.chaos.site import Site
from superapp.sandbox.chaos.storm import Storm
from superapp.sandbox.journey.figures import Bar, Figure
from superapp.sandbox.journey.providers import sandbox_providers_write
from superapp.sandbox.journey.system import Ports, free_ports, system_processes, wait_until_ready
from superapp.sandbox.ports import agency_ports

Say = Callable[[str], None]
_POLL = 1.0
_TELL_EVERY = 10


def bars(plan: Plan) -> dict[str, Bar]:
    must_be_none = ("lost", "duplicated", "illegal_transitions", "leaked", "untold")
    return {
        "accepted": Bar(plan.requests, "exactly"),
        **dict.fromkeys(must_be_none, Bar(0, "exactly")),
        "kills": Bar(plan.least_kills, "at_least"),
    }


def run(plan: Plan, *, processes_settings: str, say: Say) -> dict[str, Figure]:
    """Empties the system of the state directory, storms it, waits for quiet and counts."""
    started = time.monotonic()
    ports = free_ports(ALL_BEHAVIOURS)
    _empty()
    with ExitStack() as stage:
        lines = Lines(agency_ports(ports.sandbox, ALL_BEHAVIOURS).values(), plan.dice)
        stage.callback(lines.close)
        sandbox_providers_write(base_port=ports.sandbox)
        services = open_services(_ports_of_lines(lines, ports), plan.characters)
        ledger = Ledger(settings.SANDBOX_STATE)
        stage.callback(ledger.close)
        site = _start(ports, plan, processes_settings, stage)
        crowd = Crowd(ports.web_url, plan)
        stage.callback(crowd.close)
        crowd.sign_in()
        say(f"{plan.citizens} citizens have signed in and begin to send to {len(services)} services")
        storm = Storm(site, say)
        _rage(storm, crowd, plan, services)
        lines.calm()
        seconds_to_quiet = _await_quiet(plan, storm, ledger, say)
        for refusal, times in Counter(crowd.refusals).items():
            say(f"{times} × {refusal}")
        return {
            "requests": plan.requests,
            **audit(crowd.accepted.values(), ledger),
            "kills": storm.kills.total(),
            "fell": storm.fell.total(),
            "seconds_to_quiet": seconds_to_quiet,
            "seconds": round(time.monotonic() - started, 1),
        }


def _empty() -> None:
    for folder in (settings.SANDBOX_STATE, settings.STATE_DIRECTORY / "logs"):
        shutil.rmtree(folder, ignore_errors=True)
    call_command("migrate", verbosity=0)
    call_command("flush", interactive=False, verbosity=0)


def _ports_of_lines(lines: Lines, ports: Ports) -> Mapping[StrEnum | None, int]:
    own = agency_ports(ports.sandbox, ALL_BEHAVIOURS)
    return {None: lines.refusing_port} | {kind: lines.ports[port] for kind, port in own.items()}


def _start(ports: Ports, plan: Plan, processes_settings: str, stage: ExitStack) -> Site:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": processes_settings,
        "PUBLIC_URL": ports.web_url,
        "SANDBOX_PORT": str(ports.sandbox),
        # Celery leaves a file there for each time its broker was lost.
        "TMPDIR": str(settings.STATE_DIRECTORY / "logs"),
    }
    commands = system_processes(ports)
    commands["sandbox"] += ["--troublesome", "--late-news", str(plan.late_news)]
    stack = stage.enter_context(Stack(settings.STATE_DIRECTORY / "logs", environment))
    site = Site(stack, commands, settings.STATE_DIRECTORY)
    site.start_all()
    wait_until_ready(stack, ports)
    return site


def _rage(storm: Storm, crowd: Crowd, plan: Plan, services: list[OpenService]) -> None:
    """Until all blows have fallen and every press has its answer."""
    connections.close_all()  # the database is about to be killed
    crowd.start(presses(plan, services))
    storm.rage(blows(plan))
    while crowd.is_sending():
        storm.wait(until=time.monotonic() + _POLL)


def _await_quiet(plan: Plan, storm: Storm, ledger: Ledger, say: Say) -> float:
    """Seconds until nothing moves any more, or until the plan's patience is over: then the audit finds what does."""
    began = time.monotonic()
    polls = 0
    while any((moving := still_moving(ledger)).values()) and time.monotonic() - began < plan.quiet_within:
        if polls % _TELL_EVERY == 0:
            say("waits for quiet: " + ", ".join(f"{count} {what}" for what, count in moving.items() if count))
        polls += 1
        storm.wait(until=time.monotonic() + _POLL)
    return round(time.monotonic() - began, 1)
