"""Citizens who press "send" while everything falls over, and press again until they have an answer."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event, Lock, Thread
from uuid import UUID

from superapp.sandbox.chaos.characters import OpenService
from superapp.sandbox.chaos.plan import Plan
from superapp.sandbox.journey.phone import Phone, PhoneError
from superapp.sandbox.people import check_digit

_SIGN_IN_TOGETHER = 4
# A phone whose connection says nothing for this long repeats itself.
_TIMEOUT = 5.0
# Nobody goes on for longer than this: something is wrong that repeating does not mend.
_PATIENCE = 180.0


@dataclass(frozen=True, slots=True)
class Press:
    """One press of the button, `at` seconds into the storm; `note` makes it differ from every other one."""

    at: float
    service_code: str
    note: str


def presses(plan: Plan, services: Sequence[OpenService]) -> list[Press]:
    """All of a run, by time; services get theirs by their shares."""
    dice = plan.dice("presses")
    whole = sum(one.share for one in services)
    # Each service its share, rounded up, and the last ones of the longest queue of all left out.
    codes = [one.code for one in services for _ in range(-int(-plan.requests * one.share // whole))]
    dice.shuffle(codes)
    times = sorted(dice.uniform(0, plan.seconds) for _ in range(plan.requests))
    return [
        Press(at, code, f"{plan.seed}-{number}")
        for number, (at, code) in enumerate(zip(times, codes[: plan.requests], strict=True))
    ]


class Crowd:
    """Phones of signed-in citizens, each in a thread of its own once they start to send."""

    def __init__(self, platform_url: str, plan: Plan) -> None:
        self._plan = plan
        self._phones = [Phone(platform_url, timeout=_TIMEOUT) for _ in range(plan.citizens)]
        self._threads: list[Thread] = []
        self._stopping = Event()
        self._writing = Lock()
        # Key of a press → what the phone was told; and the presses that got another answer than 202.
        self.accepted: dict[str, UUID] = {}
        self.refusals: list[str] = []

    def sign_in(self) -> None:
        numbers = [f"18{number:010d}" for number in range(len(self._phones))]
        with ThreadPoolExecutor(_SIGN_IN_TOGETHER) as pool:
            list(pool.map(lambda phone, number: phone.sign_in(number + check_digit(number)), self._phones, numbers))

    def start(self, pressed: Sequence[Press]) -> None:
        """Everybody sends their share, in the order of time."""
        began = time.monotonic()
        for position, phone in enumerate(self._phones):
            share = pressed[position :: len(self._phones)]
            thread = Thread(target=self._send_all, args=(phone, share, began), name=f"phone-{position}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def is_sending(self) -> bool:
        """Whether some press has no answer yet, and its citizen has not given up."""
        return any(thread.is_alive() for thread in self._threads)

    def close(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()
        for phone in self._phones:
            phone.close()

    def _send_all(self, phone: Phone, share: Sequence[Press], began: float) -> None:
        for press in share:
            if self._stopping.wait(max(0.0, began + press.at - time.monotonic())):
                return
            self._send(phone, press)

    def _send(self, phone: Phone, press: Press) -> None:
        key = f"chaos-{press.note}"
        try:
            answer = phone.insist(press.service_code, 1, {"note": press.note}, key, patience=_PATIENCE)
        except PhoneError as error:
            self._refused(str(error))
            return
        if answer.status_code != 202:
            self._refused(f"{press.service_code}: {answer.status_code} {answer.text[:200]}")
            return
        with self._writing:
            self.accepted[key] = UUID(answer.json()["id"])

    def _refused(self, why: str) -> None:
        with self._writing:
            self.refusals.append(why)
