"""What a run of chaos does, drawn from its seed: nothing here touches anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

PROCESSES = ("delivery-1", "delivery-2", "worker", "beat", "web")
BROKER, BROKER_AND_DATA, POSTGRES = "broker", "broker-and-data", "postgres"
VICTIMS = (*PROCESSES, BROKER, BROKER_AND_DATA, POSTGRES)
_LONGEST_ABSENCE = 2.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How big a run is. Times are in seconds; the storm lasts `seconds`, then quiet must come within `quiet_within`.

    Half of the agencies' news are `late_news` late: later than a lease lasts, for news that the agency has it hides
    whatever goes wrong after that.
    """

    seed: int
    requests: int
    citizens: int
    seconds: float
    kills: int
    least_kills: int
    quiet_within: float
    late_news: float = 45.0
    victims: Sequence[str] = VICTIMS
    # Names of characters (superapp/sandbox/chaos/characters.py); empty: all.
    characters: Sequence[str] = ()

    def dice(self, purpose: str) -> Random:
        """Each part of the run throws its own, so that threads do not disturb one another's."""
        return Random(f"{self.seed}/{purpose}")  # noqa: S311 - to be repeated, not to be secret


def full_plan(seed: int) -> Plan:
    return Plan(seed=seed, requests=3000, citizens=60, seconds=150, kills=20, least_kills=15, quiet_within=300)


def short_plan(seed: int) -> Plan:
    """Each victim once; small enough for every change."""
    return Plan(seed=seed, requests=400, citizens=20, seconds=35, kills=8, least_kills=8, quiet_within=180)


@dataclass(frozen=True, slots=True)
class Blow:
    """A SIGKILL `at` seconds into the storm, after which the victim stays away for a while."""

    at: float
    victim: str
    away: float


def blows(plan: Plan) -> list[Blow]:
    """Every victim once, in any order, then anyone: evenly over the storm, give or take."""
    dice = plan.dice("blows")
    once = dice.sample(list(plan.victims), len(plan.victims))
    more = dice.choices(list(plan.victims), k=max(0, plan.kills - len(once)))
    pace = plan.seconds / (plan.kills + 1)
    return [
        Blow(at=pace * (number + dice.uniform(0.6, 1.4)), victim=victim, away=dice.uniform(0.1, _LONGEST_ABSENCE))
        for number, victim in enumerate([*once, *more][: plan.kills])
    ]
