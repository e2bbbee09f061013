import os
import secrets
from dataclasses import fields, replace
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from superapp.embedded.locations import broker_url, cache_url, database_url
from superapp.sandbox.chaos.plan import Plan, full_plan, short_plan
from superapp.sandbox.chaos.run import bars, run
from superapp.sandbox.journey.figures import figures_line

_STATE_NAME = "chaos"


class Command(BaseCommand):
    help = (
        "Kills everything again and again while citizens send requests, and counts what was lost. It empties the "
        f"system it runs on, so SUPERAPP_STATE must name a folder called {_STATE_NAME}."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, help="of an earlier run, to repeat what it did")
        parser.add_argument("--short", action="store_true", help="about two minutes")
        parser.add_argument("--requests", type=int)
        parser.add_argument("--citizens", type=int)
        parser.add_argument("--seconds", type=float, help="that the storm lasts")
        parser.add_argument("--kills", type=int)
        parser.add_argument("--quiet-within", type=float, help="seconds that quiet may take to come")
        parser.add_argument("--late-news", type=float, help="seconds by which half of the agencies' news are late")
        parser.add_argument("--victims", nargs="*", help="processes and servers to kill, instead of all")
        parser.add_argument("--characters", nargs="*", help="agencies to send to, instead of all")
        parser.add_argument(
            "--processes-settings", default="superapp.settings.chaos", help="settings module of what is started"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _check_place()
        plan = _plan(options)
        self._say(f"seed {plan.seed}")
        figures = run(plan, processes_settings=options["processes_settings"], say=self._say)
        line, ok = figures_line("chaos", figures | {"seed": plan.seed}, bars(plan))
        self._say(line)
        if not ok:
            raise SystemExit(1)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _check_place() -> None:
    state = settings.STATE_DIRECTORY
    own = {"DATABASE_URL": database_url(state), "CELERY_BROKER_URL": broker_url(state), "CACHE_URL": cache_url(state)}
    if state.name != _STATE_NAME:
        raise CommandError(f"SUPERAPP_STATE must name a folder called {_STATE_NAME}: everything in it is thrown away.")
    if foreign := [name for name, url in own.items() if os.environ[name] != url]:
        raise CommandError(f"Chaos kills only the servers it has started itself: unset {', '.join(foreign)}.")


def _plan(options: dict[str, Any]) -> Plan:
    seed = options["seed"] if options["seed"] is not None else secrets.randbelow(10**6)
    plan = short_plan(seed) if options["short"] else full_plan(seed)
    changed = {one.name: options[one.name] for one in fields(Plan) if options.get(one.name) is not None}
    plan = replace(plan, **changed)
    return replace(plan, least_kills=min(plan.least_kills, plan.kills))
